//! Parses the entries of the tables `open`, `decoders` and `highlights`.

use super::entries::{Key, Mistakes, Value, Wrong, each, strings, typed, wrong};
use super::presets::OpenerPreset;
use super::tools::{Decoder, Highlight, HighlightColour, Tools};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{KINDS, Kind};
use toml::de::DeValue;

/// What a command that opens a payload has in it: the file, as it is or converted.
const FILLED: &[&str] = &["{{file}}", "{{csv}}", "{{parquet}}"];

pub(super) fn opener(tools: &mut Tools, key: &Key<'_>, value: Value<'_>) -> Result<(), Wrong> {
    let name = key.get_ref().as_ref();
    if name == "terminal" {
        let kinds_of = |names: Vec<String>| names.iter().map(|name| kind_of(name)).collect();
        let named: Option<Vec<Kind>> = strings(value).and_then(kinds_of);
        tools.in_terminal = named
            .filter(|kinds| !kinds.is_empty())
            .ok_or_else(|| wrong(format!("terminal must be a list of kinds: {}", kinds())))?;
        return Ok(());
    }
    let kind = kind_of(name).ok_or_else(|| {
        Wrong::Key(format!(
            "unknown kind of payload {name:?}; use {} or terminal",
            kinds()
        ))
    })?;
    let command: Option<String> = typed(value);
    if let Some(preset) = command
        .as_deref()
        .and_then(|name| OpenerPreset::named(name, kind))
    {
        tools.open_with(kind, preset);
        return Ok(());
    }
    let holds_one = |command: &String| FILLED.iter().any(|filled| command.contains(filled));
    let command = command.filter(holds_one).ok_or_else(|| {
        wrong("the program that opens a payload must be a command with {{file}} in it, or {{csv}} or {{parquet}} for tables")
    })?;
    tools.open.push((kind, command));
    Ok(())
}

pub(super) fn decoder(key: &Key<'_>, value: Value<'_>) -> Result<Decoder, Wrong> {
    let command = typed(value).filter(|command: &String| !command.trim().is_empty());
    let command = command
        .ok_or_else(|| wrong("a decoder must be a command in quotes, like \"protoc --decode_raw\""))?;
    Ok(Decoder {
        name: key.get_ref().to_string(),
        command,
    })
}

pub(super) fn highlight(rule: Value<'_>, mistakes: &mut Mistakes) -> Option<Highlight> {
    let at = rule.span().start;
    let DeValue::Table(table) = rule.into_inner() else {
        mistakes.push((at, "a highlight must be a table with filter and colour".into()));
        return None;
    };
    if !table.contains_key("filter") {
        mistakes.push((at, "a highlight needs a filter".into()));
    }
    let (mut filter, mut colour) = (None, HighlightColour::Accent);
    each(table, mistakes, |key, value, _| {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("filter", DeValue::String(text)) => {
                let parsed = MessageFilter::new(text)
                    .map_err(|fault| wrong(format!("the filter is invalid: {fault}")))?;
                if parsed.is_empty() {
                    return Err(wrong("a highlight's filter must not be empty"));
                }
                filter = Some(parsed);
            }
            ("colour", DeValue::String(word)) => {
                let mut known = HighlightColour::ALL.iter().copied();
                colour = known
                    .find(|colour| colour.word() == word.as_ref())
                    .ok_or_else(|| wrong(format!("colour must be one of {}", colours())))?;
            }
            (name, _) => {
                return Err(Wrong::Key(format!(
                    "unknown key {name:?} in a highlight; it takes filter and colour, both strings"
                )));
            }
        }
        Ok(())
    });
    filter.map(|filter| Highlight { filter, colour })
}

fn kind_of(name: &str) -> Option<Kind> {
    KINDS.iter().find(|row| row.name == name).map(|row| row.kind)
}

fn kinds() -> String {
    KINDS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

fn colours() -> String {
    let words: Vec<&str> = HighlightColour::ALL.iter().map(|colour| colour.word()).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::read_settings;
    use natsbridge_wire::Kind;

    #[test]
    fn tools_and_highlights_are_read() {
        let text = "[open]\nimage = \"feh {{file}}\"\ntext = \"less {{file}}\"\nterminal = [\"text\"]\n\
                    [decoders]\nproto = \"protoc --decode_raw\"\n\
                    [[highlights]]\nfilter = \"size>1MB\"\ncolour = \"bad\"\n[[highlights]]\nfilter = \"kind=image\"\n";
        let (settings, mistakes) = read_settings(text);
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
                "settings, line 2: the program that opens a payload must be a command with {{file}} in it, or",
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
            let (_, mistakes) = read_settings(text);
            assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
            assert!(mistakes[0].starts_with(told), "{}", mistakes[0]);
        }
    }
}
