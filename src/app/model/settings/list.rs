//! Every setting: its key, its meaning, and its value as the file spells it. The names that mistakes suggest and what
//! `natsbridge settings` prints derive from it.

use super::model::Settings;
use crate::model::actions::ACTIONS;
use natsbridge_engine::ReadOnly;
use natsbridge_wire::{KINDS, Limits};
use toml::{Table, Value};

/// A setting that stands outside of the tables that have lists of their own: limits, keys by action, programs by kind.
#[derive(Debug, Clone, Copy)]
pub struct SettingRow {
    /// Its key, with its table: `links.fileserver`.
    pub key: &'static str,
    /// What it sets, as a sentence.
    pub meaning: &'static str,
    value: fn(&Settings) -> Value,
}

/// A setting with its value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSetting {
    /// Its key, with its table.
    pub key: String,
    /// What it sets, as a sentence.
    pub meaning: String,
    /// Its value, as the file spells it.
    pub value: String,
    /// Its value where nothing is set.
    pub default: String,
    /// Whether the file sets it.
    pub in_file: bool,
}

macro_rules! settings {
    ($($key:literal $meaning:literal $value:expr;)*) => {
        /// All of them, in the order in which they are listed.
        pub const SETTINGS: &[SettingRow] = &[$(SettingRow { key: $key, meaning: $meaning, value: $value }),*];
    };
}

settings! {
    "theme" "Theme of the workbench, one of those that `t` lists; empty: night, or mono without colours." |s| text(s.theme.as_ref());
    "subjects" "What is subscribed to at start." |s| texts(&s.subjects);
    "read_only" "Nothing is published, uploaded or deleted: true, or the names of the contexts that it holds for." |s| match &s.read_only {
        ReadOnly::Never => false.into(),
        ReadOnly::Always => true.into(),
        ReadOnly::Contexts(names) => texts(names),
    };
    "mouse" "Whether the workbench takes the mouse." |s| s.mouse.into();
    "images" "How pictures are drawn: auto, kitty, iterm2, sixel, halfblocks, ascii or off." |s| s.images.word().into();
    "clipboard" "How texts are copied: auto, osc52 (by the terminal), wl-copy, xclip, xsel, pbcopy or tmux." |s| s.clipboard.word().into();
    "show_keys" "Whether the keys pressed are shown, for presenting." |s| s.show_keys.into();
    "spill" "Bytes on disk for messages that memory has no room for, or off; empty: a quarter of the free disk, at most 8 GiB." |s| {
        match s.spill {
            None => "".into(),
            Some(0) => "off".into(),
            Some(bytes) => bytes.to_string().into(),
        }
    };
    "spill_folder" "The folder for them; empty: ~/.local/state/natsbridge/spill." |s| {
        text(s.spill_folder.as_ref().map(|folder| folder.display().to_string()).as_ref())
    };
    "links.fileserver" "Kind of file server that large payloads are uploaded to: plik, http-put, jetstream or folder; empty: plik." |s| text(s.links.fileserver.as_ref());
    "links.fileserver_url" "Its address; empty: http://localhost:8080." |s| text(s.links.fileserver_url.as_ref());
    "links.fileserver_place" "Directory for folder, bucket for jetstream." |s| text(s.links.fileserver_place.as_ref());
    "links.allowed_hosts" "Hosts whose links are fetched without asking." |s| texts(&s.links.fetch.allowed_hosts);
    "links.allow_link_local" "Whether link-local addresses may be fetched from, where clouds serve credentials." |s| s.links.fetch.allow_link_local.into();
    "keys.by_place" "Whether letters of other keyboards count as the US keys in their places." |s| s.keys_by_place.into();
    "open.terminal" "Kinds of payload whose program for `e` runs in the terminal." |s| {
        let kinds: Vec<_> = s.tools.in_terminal.iter().map(|kind| kind.name()).collect();
        texts(&kinds)
    };
    "decoders" "Commands that `|` offers by name: the payload is the input, the output is shown." |s| {
        let rows = s.tools.decoders.iter();
        Value::Table(rows.map(|decoder| (decoder.name.clone(), decoder.command.clone().into())).collect())
    };
    "highlights" "Messages to highlight: filter and colour of each." |s| {
        let rows = s.highlights.iter();
        texts(&rows.map(|rule| rule.filter.text()).collect::<Vec<_>>())
    };
}

fn text(value: Option<&String>) -> Value {
    value.cloned().unwrap_or_default().into()
}

fn texts(values: &[impl AsRef<str>]) -> Value {
    let values = values.iter().map(|value| value.as_ref().into());
    Value::Array(values.collect())
}

/// Every setting with its value; `file` is the text of the settings file.
pub fn shown_settings(settings: &Settings, file: &str) -> Vec<ShownSetting> {
    // One that cannot be read sets nothing.
    let file: Table = file.parse().unwrap_or_default();
    let usual = Settings::default();
    let row = |key: &str, meaning: &str, value: String, default: String| ShownSetting {
        in_file: is_set(&file, key),
        key: key.to_owned(),
        meaning: meaning.to_owned(),
        value,
        default,
    };
    let plain = SETTINGS.iter().map(|setting| {
        let [value, default] = [settings, &usual].map(|of| (setting.value)(of).to_string());
        row(setting.key, setting.meaning, value, default)
    });
    let limits = Limits::ALL
        .iter()
        .filter(|(name, _)| !matches!(*name, "store_spill" | "store_folder"));
    let limits = limits.map(|(name, about)| {
        let [value, default] = [&settings.limits, &usual.limits].map(|of| limit(of, name));
        row(&format!("limits.{name}"), about.trim(), value, default)
    });
    let open = KINDS.iter().map(|kind| {
        let command = settings
            .tools
            .opener(kind.kind)
            .map(|(command, _)| command.to_owned());
        let meaning = format!("Program that `e` opens {} with; empty: the system's.", kind.name);
        row(
            &format!("open.{}", kind.name),
            &meaning,
            text(command.as_ref()).to_string(),
            text(None).to_string(),
        )
    });
    let keys = ACTIONS.iter().map(|action| {
        let chosen = settings.keys.iter().find(|choice| choice.action == action.action);
        let default = texts(action.keys).to_string();
        let value = chosen.map_or_else(|| default.clone(), |choice| texts(&choice.keys).to_string());
        row(
            &format!("keys.{}", action.id),
            &format!("{}.", action.doc),
            value,
            default,
        )
    });
    plain.chain(open).chain(limits).chain(keys).collect()
}

/// A limit as the file spells it: numbers are bare, durations in quotes.
fn limit(limits: &Limits, name: &str) -> String {
    let text = limits.text(name).unwrap_or_default();
    if text.parse::<u64>().is_ok() {
        return text;
    }
    Value::String(text).to_string()
}

fn is_set(file: &Table, key: &str) -> bool {
    match key.split_once('.') {
        None => file.contains_key(key),
        Some((table, key)) => {
            let table = file.get(table).and_then(Value::as_table);
            table.is_some_and(|table| table.contains_key(key))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_settings;
    use super::*;

    #[test]
    fn every_setting_is_listed_once_and_can_be_set_to_what_is_shown() {
        let shown = shown_settings(&Settings::default(), "");
        let mut keys: Vec<_> = shown.iter().map(|row| &row.key).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all);
        for row in &shown {
            assert!(
                row.meaning.ends_with('.') && row.value == row.default && !row.in_file,
                "{row:?}"
            );
            if row.value == "\"\"" || row.value == "[]" || row.key == "decoders" {
                continue;
            }
            let (_, mistakes) = read_settings(&format!("{} = {}", row.key, row.value));
            assert_eq!(mistakes, Vec::<String>::new(), "{row:?}");
        }
    }

    #[test]
    fn what_the_file_sets_is_told() {
        let file = "theme = \"nord\"\n[limits]\nlink_idle = \"2m\"\n[keys]\nquit = \"ctrl-x\"\n";
        let shown = shown_settings(&read_settings(file).0, file);
        let set: Vec<_> = shown.iter().filter(|row| row.in_file).collect();
        let told: Vec<_> = set
            .iter()
            .map(|row| (row.key.as_str(), row.value.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("theme", "\"nord\""),
                ("limits.link_idle", "\"120s\""),
                ("keys.quit", "[\"ctrl-x\"]")
            ]
        );
    }
}
