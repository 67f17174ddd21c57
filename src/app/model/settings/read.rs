//! Parses the settings: errors are reported with their line and never keep the workbench from starting. Programs and
//! highlights are parsed next door.

use super::entries::{Key, Mistakes, Value, Wrong, each, string, strings, table, wrong, yes_or_no};
use super::list::SETTINGS;
use super::model::{KeyChoice, LinkSettings, Settings};
use super::read_tools::{decoder, highlight, opener};
use crate::model::actions::{ACTIONS, Action};
use crate::model::clipboard::Clipboard;
use crate::model::inspector::ImageMode;
use natsbridge_engine::{FILE_SERVERS, FileServerSpec, ReadOnly, check_allowed_host};
use natsbridge_wire::{LimitError, Limits, byte_size, nearest};
use toml::de::{DeTable, DeValue};

/// Parses the text of the file; returns the settings and the errors, a sentence each.
pub fn read_settings(text: &str) -> (Settings, Vec<String>) {
    let (mut settings, mut mistakes) = (Settings::default(), vec![]);
    match DeTable::parse(text) {
        Ok(table) => each(table.into_inner(), &mut mistakes, |key, value, mistakes| {
            setting(&mut settings, text, key, value, mistakes)
        }),
        Err(error) => mistakes.push((
            error.span().map_or(0, |span| span.start),
            format!("{}; the defaults are used", error.message()),
        )),
    }
    let sentence = |(at, what)| format!("settings, line {}: {what}.", line_of(text, at));
    (settings, mistakes.into_iter().map(sentence).collect())
}

fn setting<'t>(
    settings: &mut Settings,
    text: &str,
    key: &Key<'t>,
    value: Value<'t>,
    mistakes: &mut Mistakes,
) -> Result<(), Wrong> {
    let name = key.get_ref().as_ref();
    match name {
        "theme" => settings.theme = Some(string(value, name)?),
        "subjects" => {
            let subjects = strings(value).filter(|subjects| !subjects.is_empty());
            settings.subjects =
                subjects.ok_or_else(|| wrong("subjects must be a list of subjects, like [\"chat.>\"]"))?;
        }
        "read_only" => settings.read_only = read_only(value)?,
        "mouse" => settings.mouse = yes_or_no(value, name)?,
        "images" => {
            let mode = ImageMode::from_word(&string(value, name)?);
            settings.images =
                mode.ok_or_else(|| wrong(format!("images must be one of {}", ImageMode::words())))?;
        }
        "clipboard" => {
            let way = Clipboard::from_word(&string(value, name)?);
            settings.clipboard =
                way.ok_or_else(|| wrong(format!("clipboard must be one of {}", Clipboard::words())))?;
        }
        "show_keys" => settings.show_keys = yes_or_no(value, name)?,
        "spill" => {
            let text = string(value, name)?;
            let bytes = if text == "off" { Ok(0) } else { byte_size(&text) };
            let what = |_| wrong("spill must be a size or off, like \"8GiB\"");
            settings.spill = Some(bytes.map_err(what)?);
        }
        "spill_folder" => settings.spill_folder = Some(string(value, name)?.into()),
        "limits" => each(table(value, name)?, mistakes, |key, value, _| {
            limit(&mut settings.limits, key, &value)
        }),
        "links" => each(table(value, name)?, mistakes, |key, value, mistakes| {
            link(&mut settings.links, key, value, mistakes)
        }),
        "keys" => each(table(value, name)?, mistakes, |key, value, _| {
            if key.get_ref() == "by_place" {
                settings.keys_by_place = yes_or_no(value, "by_place")?;
                return Ok(());
            }
            settings.keys.push(key_choice(text, key, value)?);
            Ok(())
        }),
        "open" => each(table(value, name)?, mistakes, |key, value, _| {
            opener(&mut settings.tools, key, value)
        }),
        "decoders" => each(table(value, name)?, mistakes, |key, value, _| {
            settings.tools.decoders.push(decoder(key, value)?);
            Ok(())
        }),
        "highlights" => {
            let DeValue::Array(rules) = value.into_inner() else {
                return Err(wrong("highlights must be tables: write [[highlights]] for each"));
            };
            let rules = rules.into_iter().filter_map(|rule| highlight(rule, mistakes));
            settings.highlights.extend(rules);
        }
        _ => {
            return Err(unknown(name, ""));
        }
    }
    Ok(())
}

/// A setting that is none, of the table that `prefix` names, and which one may be meant.
fn unknown(name: &str, prefix: &str) -> Wrong {
    let known = SETTINGS.iter().filter_map(|row| row.key.strip_prefix(prefix));
    let known = known.map(|key| key.split('.').next().unwrap_or(key));
    let meant = nearest(name, known).unwrap_or_default();
    let place = prefix.trim_end_matches('.');
    let place = if place.is_empty() {
        String::new()
    } else {
        format!(" in [{place}]")
    };
    Wrong::Key(format!(
        "unknown setting {name:?}{place}; did you mean {meant}? natsbridge settings lists them all"
    ))
}

/// `true`, or the names of contexts.
fn read_only(value: Value<'_>) -> Result<ReadOnly, Wrong> {
    match value.get_ref().as_bool() {
        Some(true) => Ok(ReadOnly::Always),
        Some(false) => Ok(ReadOnly::Never),
        None => strings(value).map(ReadOnly::Contexts).ok_or_else(|| {
            wrong("read_only must be true, false, or a list of contexts, like [\"production\"]")
        }),
    }
}

fn limit(limits: &mut Limits, key: &Key<'_>, value: &Value<'_>) -> Result<(), Wrong> {
    let name = key.get_ref().as_ref();
    if matches!(name, "store_spill" | "store_folder") {
        return Err(Wrong::Key(
            "what goes to disk is set by spill and spill_folder, outside of [limits]".into(),
        ));
    }
    let text = match value.get_ref() {
        DeValue::String(text) => text.as_ref(),
        DeValue::Integer(number) => number.as_str(),
        _ => {
            return Err(wrong(
                "a limit must be a number or a string, like \"256MiB\" or \"5s\"",
            ));
        }
    };
    limits.set(name, text).map_err(|error| match error {
        LimitError::Unknown { .. } => Wrong::Key(error.to_string()),
        LimitError::Value { .. } => wrong(error.to_string()),
    })
}

fn link(
    links: &mut LinkSettings,
    key: &Key<'_>,
    value: Value<'_>,
    mistakes: &mut Mistakes,
) -> Result<(), Wrong> {
    match key.get_ref().as_ref() {
        name @ "fileserver" => {
            let row = FileServerSpec::of_name(&string(value, name)?);
            links.fileserver = row.map(|row| row.name.to_owned());
            if links.fileserver.is_none() {
                let names: Vec<&str> = FILE_SERVERS.iter().map(|row| row.name).collect();
                return Err(wrong(format!("fileserver must be one of {}", names.join(", "))));
            }
        }
        name @ "fileserver_url" => links.fileserver_url = Some(string(value, name)?),
        name @ "fileserver_place" => links.fileserver_place = Some(string(value, name)?),
        "allowed_hosts" => {
            let at = value.span().start;
            let hosts = strings(value)
                .ok_or_else(|| wrong("allowed_hosts must be a list of hosts, like [\"files:8080\"]"))?;
            let faults = hosts.iter().filter_map(|host| check_allowed_host(host).err());
            mistakes.extend(faults.map(|fault| (at, fault.to_string())));
            links.fetch.allowed_hosts = hosts;
        }
        name @ "allow_link_local" => links.fetch.allow_link_local = yes_or_no(value, name)?,
        name => {
            return Err(unknown(name, "links."));
        }
    }
    Ok(())
}

fn key_choice(text: &str, key: &Key<'_>, value: Value<'_>) -> Result<KeyChoice, Wrong> {
    let name = key.get_ref().as_ref();
    let action = Action::from_id(name).ok_or_else(|| {
        let names = ACTIONS.iter().map(|row| row.id);
        let meant = nearest(name, names).unwrap_or_default();
        Wrong::Key(format!(
            "unknown action {name:?}; did you mean {meant}? The guide's table of keys lists them all"
        ))
    })?;
    let keys = strings(value)
        .ok_or_else(|| wrong("keys must be a string or a list of strings, like [\"ctrl-p\", \":\"]"))?;
    let line = line_of(text, key.span().start);
    Ok(KeyChoice { action, keys, line })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_set() {
        let (settings, mistakes) = read_settings(
            "theme = \"day\"\nread_only = [\"prod\"]\nsubjects = [\"a.>\", \"b\"]\nmouse = false\nimages = \"ascii\"\n\
             spill = \"2GB\"\nspill_folder = \"/var/spill\"\n\
             [limits]\nstore_bytes = 1_000_000\ntable_bytes = \"2MB\"\nlink_idle = \"1m\"\n[keys]\nquit = \"ctrl-x\"\nhelp = [\"f1\", \"?\"]\n\
             [links]\nfileserver = \"http-put\"\nfileserver_url = \"http://files:8080\"\n\
             allowed_hosts = [\"files:8080\"]\nallow_link_local = true\n",
        );
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(settings.theme.as_deref(), Some("day"));
        assert_eq!(settings.subjects, ["a.>", "b"]);
        assert!(!settings.mouse && settings.read_only.covers(Some("prod")));
        assert_eq!(settings.images, ImageMode::Ascii);
        assert_eq!(settings.spill, Some(2_000_000_000));
        assert_eq!(settings.spill_folder, Some("/var/spill".into()));
        assert_eq!(settings.limits.store_bytes, 1_000_000);
        assert_eq!(settings.limits.table_bytes, 2_000_000);
        assert_eq!(settings.limits.link_idle, std::time::Duration::from_secs(60));
        assert_eq!(
            settings.links.fileserver_url.as_deref(),
            Some("http://files:8080")
        );
        assert_eq!(settings.links.fileserver.as_deref(), Some("http-put"));
        assert!(settings.links.fetch.allows_automatic("http://files:8080/x"));
        assert!(settings.links.fetch.allow_link_local);
        let quit = settings.keys.iter().find(|choice| choice.action == Action::Quit);
        assert_eq!(
            quit.map(|choice| (choice.keys.as_slice(), choice.line)),
            Some((&["ctrl-x".to_owned()][..], 13))
        );
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_the_rest_counts() {
        let (settings, mistakes) = read_settings(
            "theme = \"day\"\nsubject = 1\nmouse = 3\n[keys]\nfly = \"x\"\n[limits]\nstore_bytes = -1\n\
             [links]\nfileserver = \"ftp\"\n",
        );
        assert_eq!(settings.theme.as_deref(), Some("day"));
        assert!(
            mistakes
                .iter()
                .any(|told| told.contains("did you mean subjects?")),
            "{mistakes:?}"
        );
        let mut lines: Vec<&str> = mistakes.iter().map(|m| &m[..16]).collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "settings, line 2",
                "settings, line 3",
                "settings, line 5",
                "settings, line 7",
                "settings, line 9",
            ]
        );
    }

    #[test]
    fn a_broken_file_gives_the_defaults() {
        let (settings, mistakes) = read_settings("theme = \"day\"\n\nsubjects = [");
        assert_eq!(settings.theme, None);
        assert!(mistakes[0].starts_with("settings, line 3"), "{mistakes:?}");
    }
}
