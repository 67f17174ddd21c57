//! Parses the settings: errors are reported with their line and never keep the workbench from starting. Programs and
//! highlights are parsed next door.

use super::entries::{Key, Mistakes, Value, Wrong, each, string, strings, table, typed, wrong, yes_or_no};
use super::model::{KeyChoice, LinkSettings, Settings};
use super::read_tools::{decoder, highlight, opener};
use crate::model::actions::Action;
use crate::model::inspector::ImageMode;
use natsbridge_engine::{FILE_SERVERS, FileServerSpec, check_allowed_host};
use natsbridge_wire::{Limits, byte_size};
use std::num::NonZeroUsize;
use toml::de::{DeTable, DeValue};

/// The known settings.
const KNOWN: &str =
    "theme, subjects, mouse, images, [limits], [links], [keys], [open], [decoders], [[highlights]]";

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
        "mouse" => settings.mouse = yes_or_no(value, name)?,
        "images" => {
            let mode = ImageMode::from_word(&string(value, name)?);
            settings.images =
                mode.ok_or_else(|| wrong(format!("images must be one of {}", ImageMode::words())))?;
        }
        "limits" => each(table(value, name)?, mistakes, |key, value, _| {
            limit(&mut settings.limits, key, value)
        }),
        "links" => each(table(value, name)?, mistakes, |key, value, mistakes| {
            link(&mut settings.links, key, value, mistakes)
        }),
        "keys" => each(table(value, name)?, mistakes, |key, value, _| {
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
            return Err(Wrong::Key(format!(
                "unknown setting {name:?}; the settings are {KNOWN}"
            )));
        }
    }
    Ok(())
}

fn limit(limits: &mut Limits, key: &Key<'_>, value: Value<'_>) -> Result<(), Wrong> {
    let name = key.get_ref().as_ref();
    let number = || {
        let size = value.get_ref().as_str().filter(|_| name.ends_with("_bytes"));
        let size = size.and_then(|size| usize::try_from(byte_size(size).ok()?).ok());
        let number = size.and_then(NonZeroUsize::new).or_else(|| typed(value));
        let what = "a limit must be a whole number above 0; one in bytes may have a unit, like \"256MiB\"";
        number.map(NonZeroUsize::get).ok_or_else(|| wrong(what))
    };
    match name {
        "store_bytes" => limits.store_bytes = number()?,
        "store_messages" => limits.store_messages = number()?,
        "json_nodes" => limits.json_nodes = number()?,
        "table_bytes" => limits.table_bytes = number()?,
        "clipboard_bytes" => limits.clipboard_bytes = number()?,
        "link_bytes" => limits.link_bytes = number()? as u64,
        name => {
            let known = "store_bytes, store_messages, json_nodes, table_bytes, clipboard_bytes, link_bytes";
            return Err(Wrong::Key(format!(
                "unknown limit {name:?}; the limits are {known}"
            )));
        }
    }
    Ok(())
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
            let known = "fileserver, fileserver_url, fileserver_place, allowed_hosts, allow_link_local";
            return Err(Wrong::Key(format!(
                "unknown setting {name:?} in [links]; the settings are {known}"
            )));
        }
    }
    Ok(())
}

fn key_choice(text: &str, key: &Key<'_>, value: Value<'_>) -> Result<KeyChoice, Wrong> {
    let name = key.get_ref().as_ref();
    let action = Action::from_id(name).ok_or_else(|| {
        Wrong::Key(format!(
            "unknown action {name:?}; the key table in the README lists them all"
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
            "theme = \"day\"\nsubjects = [\"a.>\", \"b\"]\nmouse = false\nimages = \"ascii\"\n\
             [limits]\nstore_bytes = 1_000_000\ntable_bytes = \"2MB\"\n[keys]\nquit = \"ctrl-x\"\nhelp = [\"f1\", \"?\"]\n\
             [links]\nfileserver = \"http-put\"\nfileserver_url = \"http://files:8080\"\n\
             allowed_hosts = [\"files:8080\"]\nallow_link_local = true\n",
        );
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(settings.theme.as_deref(), Some("day"));
        assert_eq!(settings.subjects, ["a.>", "b"]);
        assert!(!settings.mouse);
        assert_eq!(settings.images, ImageMode::Ascii);
        assert_eq!(settings.limits.store_bytes, 1_000_000);
        assert_eq!(settings.limits.table_bytes, 2_000_000);
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
            Some((&["ctrl-x".to_owned()][..], 9))
        );
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_the_rest_counts() {
        let (settings, mistakes) = read_settings(
            "theme = \"day\"\ncolour = 1\nmouse = 3\n[keys]\nfly = \"x\"\n[limits]\nstore_bytes = -1\n\
             [links]\nfileserver = \"ftp\"\n",
        );
        assert_eq!(settings.theme.as_deref(), Some("day"));
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
