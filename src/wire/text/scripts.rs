//! Words whose letters are taken from several scripts: some look alike, and two names that look the same may be two.

/// Scripts with letters that can be taken for those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    /// Latin letters as signs of mathematics, or as wide as Chinese ones.
    Styled,
}

fn script(letter: char) -> Option<Script> {
    Some(match letter {
        'A'..='Z' | 'a'..='z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{2de0}'..='\u{2dff}'
        | '\u{a640}'..='\u{a69f}' => Script::Cyrillic,
        '\u{530}'..='\u{58f}' => Script::Armenian,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Script::Cherokee,
        '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}' => Script::Styled,
        _ => return None,
    })
}

/// Whether one of the words of a text has letters of several such scripts.
pub fn mixes_scripts(text: &str) -> bool {
    // The most common case first.
    !text.is_ascii()
        && text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            let mut scripts = word.chars().filter_map(script);
            let first = scripts.next();
            scripts.any(|script| Some(script) != first)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_scripts_are_told_and_whole_ones_are_not() {
        for mixed in [
            "p\u{430}yments.in",
            "orders.\u{3bf}rder",
            "/chat/r\u{43e}om1",
            "a.b.\u{ff21}bc",
            "\u{455}ales",
            "\u{13aa}o",
        ] {
            assert!(mixes_scripts(mixed), "{mixed}");
        }
        for whole in [
            "payments.in",
            "/чат/комната",
            "чат.room_1",
            "Größe.Straße",
            "λόγος",
            "日本語abc",
            "мир-world",
            "",
            "µs",
        ] {
            assert!(!mixes_scripts(whole), "{whole}");
        }
    }
}
