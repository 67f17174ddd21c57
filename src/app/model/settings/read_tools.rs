//! Reading the tables `open`, `decoders` and `highlights`.

use super::read::{Reader, strings};
use super::tools::{Decoder, Highlight, HighlightColour};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::KINDS;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

impl Reader<'_> {
    pub(super) fn read_open(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let kind = KINDS.iter().find(|row| row.name == name).map(|row| row.kind);
            match (kind, value.get_ref()) {
                (Some(kind), DeValue::String(command)) if command.contains("{{file}}") => {
                    self.settings.tools.open.push((kind, command.to_string()));
                }
                (Some(_), _) => self.wrong(
                    value,
                    "the program that opens a payload must be a command with {{file}} in it",
                ),
                (None, _) if name == "terminal" => self.read_in_terminal(value),
                (None, _) => self.at(
                    key.span().start,
                    &format!("unknown kind of payload {name:?}; use {} or terminal", kinds()),
                ),
            }
        }
    }

    fn read_in_terminal(&mut self, value: &Spanned<DeValue<'_>>) {
        let named = strings(value).unwrap_or_default();
        let found = named
            .iter()
            .map(|name| KINDS.iter().find(|row| row.name == *name));
        match found.collect::<Option<Vec<_>>>() {
            Some(rows) if !rows.is_empty() => {
                self.settings.tools.in_terminal = rows.iter().map(|row| row.kind).collect();
            }
            _ => self.wrong(value, &format!("terminal must be a list of kinds: {}", kinds())),
        }
    }

    pub(super) fn read_decoders(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match value.get_ref() {
                DeValue::String(command) if !command.trim().is_empty() => {
                    self.settings.tools.decoders.push(Decoder {
                        name: key.get_ref().to_string(),
                        command: command.to_string(),
                    });
                }
                _ => self.wrong(
                    value,
                    "a decoder must be a command in quotes, like \"protoc --decode_raw\"",
                ),
            }
        }
    }

    pub(super) fn read_highlights(&mut self, rules: &DeArray<'_>) {
        for rule in rules {
            let DeValue::Table(table) = rule.get_ref() else {
                self.wrong(rule, "a highlight must be a table with filter and colour");
                continue;
            };
            let (mut filter, mut colour) = (None, HighlightColour::Accent);
            for (key, value) in table {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("filter", DeValue::String(text)) => match MessageFilter::new(text) {
                        Ok(right) if !right.is_empty() => filter = Some(right),
                        Ok(_) => self.wrong(value, "a highlight's filter must not be empty"),
                        Err(fault) => self.wrong(value, &format!("the filter is invalid: {fault}")),
                    },
                    ("colour", DeValue::String(word)) => {
                        let known = HighlightColour::ALL
                            .iter()
                            .find(|colour| colour.word() == word.as_ref());
                        match known {
                            Some(known) => colour = *known,
                            None => self.wrong(value, &format!("colour must be one of {}", colours())),
                        }
                    }
                    (name, _) => self.at(
                        key.span().start,
                        &format!(
                            "unknown key {name:?} in a highlight; it takes filter and colour, both strings"
                        ),
                    ),
                }
            }
            match filter {
                Some(filter) => self.settings.highlights.push(Highlight { filter, colour }),
                None if table.contains_key("filter") => {}
                None => self.wrong(rule, "a highlight needs a filter"),
            }
        }
    }
}

fn kinds() -> String {
    KINDS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

fn colours() -> String {
    HighlightColour::ALL
        .iter()
        .map(|colour| colour.word())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::model::Settings;
    use natsbridge_wire::Kind;

    #[test]
    fn tools_and_highlights_are_read() {
        let text = "[open]\nimage = \"feh {{file}}\"\ntext = \"less {{file}}\"\nterminal = [\"text\"]\n\
                    [decoders]\nproto = \"protoc --decode_raw\"\n\
                    [[highlights]]\nfilter = \"size>1MB\"\ncolour = \"bad\"\n[[highlights]]\nfilter = \"kind=image\"\n";
        let (settings, mistakes) = Settings::parse(text);
        assert_eq!(mistakes, [""; 0]);
        let tools = &settings.tools;
        assert_eq!(tools.opener(Kind::Image), Some(("feh {{file}}", false)));
        assert_eq!(tools.opener(Kind::Text), Some(("less {{file}}", true)));
        assert_eq!(tools.opener(Kind::Table), None);
        assert_eq!(tools.command("proto"), "protoc --decode_raw");
        assert_eq!(tools.command("jq ."), "jq .");
        let colours: Vec<_> = settings.highlights.iter().map(|rule| rule.colour).collect();
        assert_eq!(colours, [HighlightColour::Bad, HighlightColour::Accent]);
        assert_eq!(settings.highlights[1].filter.text(), "kind=image");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, told) in [
            (
                "[open]\nimage = \"feh\"",
                "settings, line 2: the program that opens a payload must be a command with {{file}} in it.",
            ),
            (
                "[open]\npicture = \"feh {{file}}\"",
                "settings, line 2: unknown kind of payload \"picture\"",
            ),
            (
                "[open]\nterminal = [\"x\"]",
                "settings, line 2: terminal must be a list of kinds",
            ),
            (
                "[decoders]\na = 3",
                "settings, line 2: a decoder must be a command in quotes",
            ),
            (
                "[[highlights]]\nfilter = \"size>\"",
                "settings, line 2: the filter is invalid",
            ),
            (
                "[[highlights]]\ncolour = \"bad\"",
                "settings, line 1: a highlight needs a filter.",
            ),
            (
                "[[highlights]]\nfilter = \"a\"\ncolour = \"pink\"",
                "settings, line 3: colour must be one of accent",
            ),
            (
                "[[highlights]]\nfilter = \"a\"\nsize = 1",
                "settings, line 3: unknown key \"size\" in a highlight",
            ),
            ("highlights = 3", "settings, line 1: highlights must be tables"),
            ("decoders = 3", "settings, line 1: decoders must be a table"),
        ] {
            let (_, mistakes) = Settings::parse(text);
            assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
            assert!(mistakes[0].starts_with(told), "{}", mistakes[0]);
        }
    }
}
