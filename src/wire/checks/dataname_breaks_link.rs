//! `dataname-breaks-link`: a name that breaks the link's URL.

use super::contract::{Check, Lines, OTHERS, Reads, effect};
use crate::findings::{Code, Findings, quoted};
use crate::text::percent_encode;

pub(super) const CHECK: Check = Check {
    title: "A name that breaks the link's URL",
    advice: "Name payloads with letters, digits, - _ and . alone where they may travel by link: the name becomes a part of the URL.",
    lines: Lines {
        julia: "HTTP.escapeuri(dataname)",
        javascript: "encodeURIComponent(dataname)",
        python: "urllib.parse.quote(dataname, safe=\"\")",
    },
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "the URL leads to another file or to none",
    )],
};

/// Checks whether the URL holds the payload's name as it is, where that stands for something else in a URL.
pub fn check_link_name(dataname: &str, url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    let Some(broken) = dataname.chars().find(|c| !is_plain(*c)) else {
        return;
    };
    if url.contains(dataname) && !url.contains(&percent_encode(dataname)) {
        let message = format!(
            "the URL holds the name {} as it is, with {broken:?}",
            quoted(dataname)
        );
        findings.add(Code::DatanameBreaksLink, path(), message);
    }
}

/// Whether it means itself wherever it stands in the path of a URL.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

    #[test]
    fn only_names_that_stand_unescaped_in_the_url_are_told() {
        for (name, url, breaks) in [
            ("rows.arrow", "https://h/f/rows.arrow", false),
            ("", "https://h/f/", false),
            ("a/b", "https://h/f/a/b", true),
            ("a/b", "https://h/f/a%2Fb", false),
            ("what?", "https://h/f/what?", true),
            ("50%", "https://h/f/50%", true),
            ("50%", "https://h/f/50%25", false),
            ("a b", "https://h/f/a b", true),
            ("a b", "https://h/f/a%20b", false),
            ("größe", "https://h/f/größe", true),
            ("größe", "https://h/f/1", false),
        ] {
            let found = told(|findings| check_link_name(name, url, String::new, findings));
            assert_eq!(!found.is_empty(), breaks, "{name} {url}");
        }
    }
}
