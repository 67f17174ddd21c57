//! HTML being written. Markup is what stands in our own source, everything else goes in escaped: that a stranger's text becomes
//! markup does not compile.

use natsbridge_wire::SafeText;
use std::fmt::Display;

/// A part of a page.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Our own markup.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A text from anywhere, of any number of lines.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.0.push('\n');
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            // A tab is no harm here, and keeps columns apart.
            for (number, piece) in line.split('\t').enumerate() {
                if number > 0 {
                    self.0.push('\t');
                }
                escape(SafeText::new(piece).as_str(), &mut self.0);
            }
        }
        self
    }

    /// An element that holds nothing but a text: `<code class="…">…</code>`.
    pub fn element(&mut self, name: &'static str, class: &'static str, text: &str) -> &mut Self {
        self.open(name, class);
        self.text(text).close(name)
    }

    /// The start of an element.
    pub fn open(&mut self, name: &'static str, class: &'static str) -> &mut Self {
        self.markup("<").markup(name);
        if !class.is_empty() {
            self.markup(" class=\"").markup(class).markup("\"");
        }
        self.markup(">")
    }

    /// The end of an element.
    pub fn close(&mut self, name: &'static str) -> &mut Self {
        self.markup("</").markup(name).markup(">")
    }

    /// An attribute of an element whose start is being written.
    pub fn attribute(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        self.markup(" ").markup(name).markup("=\"");
        self.text(&format!("{value}")).markup("\"")
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut html = Html::default();
        html.element("b", "x", "</b><script>'\"&\u{1b}[0m\r\n\tend\u{202e}");
        assert_eq!(
            html.finish(),
            "<b class=\"x\">&lt;/b&gt;&lt;script&gt;&#39;&quot;&amp;␛[0m\n\tend⟨U+202E⟩</b>"
        );
    }
}
