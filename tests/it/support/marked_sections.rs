//! Sections of a page that the code writes: they stand between two marks.

/// What stands between the marks of this name.
pub fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("<!-- {name} -->\n"))
        .expect("the section's start");
    rest.split_once(&format!("<!-- /{name} -->"))
        .expect("the section's end")
        .0
}

/// The text with `new` between the marks.
pub fn replace(text: &str, name: &str, new: &str) -> String {
    let old = section(text, name);
    let at = old.as_ptr() as usize - text.as_ptr() as usize;
    format!("{}{new}{}", &text[..at], &text[at + old.len()..])
}
