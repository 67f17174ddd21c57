//! Parses the settings: errors are reported with their line and never keep the workbench from starting.

use super::model::{KeyChoice, Settings};
use crate::model::actions::Action;
use crate::model::inspector::ImageMode;
use natsbridge_engine::{FILE_SERVERS, FileServerRow, check_allowed_host};
use natsbridge_wire::byte_size;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

impl Settings {
    /// Parses the text of the file; returns the settings and the errors, a sentence each.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut reader = Reader {
            text,
            settings: Self::default(),
            mistakes: vec![],
        };
        match DeTable::parse(text) {
            Ok(table) => reader.read(table.get_ref()),
            Err(error) => {
                let line = line_of(text, error.span().map_or(0, |span| span.start));
                let why = error.message();
                reader
                    .mistakes
                    .push(format!("settings, line {line}: {why}; the defaults are used."));
            }
        }
        (reader.settings, reader.mistakes)
    }
}

/// The known settings.
const KNOWN: &str =
    "theme, subjects, mouse, images, [limits], [links], [keys], [open], [decoders], [[highlights]]";

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) settings: Settings,
    mistakes: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (name, value.get_ref()) {
                ("theme", DeValue::String(theme)) => self.settings.theme = Some(theme.to_string()),
                ("subjects", _) => match strings(value) {
                    Some(subjects) if !subjects.is_empty() => self.settings.subjects = subjects,
                    _ => self.wrong(value, "subjects must be a list of subjects, like [\"chat.>\"]"),
                },
                ("mouse", DeValue::Boolean(mouse)) => self.settings.mouse = *mouse,
                ("images", DeValue::String(mode)) => match ImageMode::from_word(mode) {
                    Some(mode) => self.settings.images = mode,
                    None => self.wrong(value, &format!("images must be one of {}", ImageMode::words())),
                },
                ("limits", DeValue::Table(limits)) => self.read_limits(limits),
                ("links", DeValue::Table(links)) => self.read_links(links),
                ("keys", DeValue::Table(keys)) => self.read_keys(keys),
                ("open", DeValue::Table(open)) => self.read_open(open),
                ("decoders", DeValue::Table(decoders)) => self.read_decoders(decoders),
                ("highlights", DeValue::Array(highlights)) => self.read_highlights(highlights),
                ("highlights", _) => {
                    self.wrong(value, "highlights must be tables: write [[highlights]] for each");
                }
                ("theme" | "images", _) => self.wrong(value, &format!("{name} must be a string in quotes")),
                ("mouse", _) => self.wrong(value, "mouse must be true or false"),
                ("limits" | "links" | "keys" | "open" | "decoders", _) => {
                    self.wrong(value, &format!("{name} must be a table: write [{name}]"));
                }
                _ => self.at(
                    key.span().start,
                    &format!("unknown setting {name:?}; the settings are {KNOWN}"),
                ),
            }
        }
    }

    fn read_limits(&mut self, table: &DeTable<'_>) {
        let mut link_bytes = self.settings.limits.link_bytes as usize;
        for (key, value) in table {
            let number = match value.get_ref() {
                DeValue::Integer(number) => number.as_str().replace('_', "").parse().ok(),
                DeValue::String(size) if key.get_ref().ends_with("_bytes") => {
                    byte_size(size).ok().and_then(|size| usize::try_from(size).ok())
                }
                _ => None,
            };
            let limits = &mut self.settings.limits;
            let slot = match key.get_ref().as_ref() {
                "store_bytes" => &mut limits.store_bytes,
                "store_messages" => &mut limits.store_messages,
                "json_nodes" => &mut limits.json_nodes,
                "table_bytes" => &mut limits.table_bytes,
                "clipboard_bytes" => &mut limits.clipboard_bytes,
                "link_bytes" => &mut link_bytes,
                name => {
                    let known =
                        "store_bytes, store_messages, json_nodes, table_bytes, clipboard_bytes, link_bytes";
                    self.at(
                        key.span().start,
                        &format!("unknown limit {name:?}; the limits are {known}"),
                    );
                    continue;
                }
            };
            match number {
                Some(number) if number > 0 => *slot = number,
                _ => self.wrong(
                    value,
                    "a limit must be a whole number above 0; one in bytes may have a unit, like \"256MiB\"",
                ),
            }
        }
        self.settings.limits.link_bytes = link_bytes as u64;
    }

    fn read_links(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let links = &mut self.settings.links;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("fileserver", DeValue::String(name)) => {
                    links.fileserver = FileServerRow::of_name(name).map(|row| row.name.to_owned());
                    if links.fileserver.is_none() {
                        let names: Vec<&str> = FILE_SERVERS.iter().map(|row| row.name).collect();
                        self.wrong(value, &format!("fileserver must be one of {}", names.join(", ")));
                    }
                }
                ("fileserver_url", DeValue::String(url)) => links.fileserver_url = Some(url.to_string()),
                ("fileserver_place", DeValue::String(place)) => {
                    links.fileserver_place = Some(place.to_string());
                }
                ("allowed_hosts", _) => match strings(value) {
                    Some(hosts) => {
                        let wrong = hosts.iter().filter_map(|host| check_allowed_host(host).err());
                        let wrong: Vec<String> = wrong.collect();
                        links.fetch.allowed_hosts = hosts;
                        for what in &wrong {
                            self.wrong(value, what);
                        }
                    }
                    None => self.wrong(
                        value,
                        "allowed_hosts must be a list of hosts, like [\"files:8080\"]",
                    ),
                },
                ("allow_link_local", DeValue::Boolean(allow)) => links.fetch.allow_link_local = *allow,
                ("allow_link_local", _) => self.wrong(value, "allow_link_local must be true or false"),
                (name @ ("fileserver" | "fileserver_url" | "fileserver_place"), _) => {
                    self.wrong(value, &format!("{name} must be a string in quotes"));
                }
                (name, _) => {
                    let known =
                        "fileserver, fileserver_url, fileserver_place, allowed_hosts, allow_link_local";
                    self.at(
                        key.span().start,
                        &format!("unknown setting {name:?} in [links]; the settings are {known}"),
                    );
                }
            }
        }
    }

    fn read_keys(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(action) = Action::from_id(name) else {
                self.at(
                    key.span().start,
                    &format!("unknown action {name:?}; the key table in the README lists them all"),
                );
                continue;
            };
            match strings(value) {
                Some(keys) => {
                    let line = line_of(self.text, key.span().start);
                    self.settings.keys.push(KeyChoice { action, keys, line });
                }
                None => self.wrong(
                    value,
                    "keys must be a string or a list of strings, like [\"ctrl-p\", \":\"]",
                ),
            }
        }
    }

    pub(super) fn wrong(&mut self, value: &Spanned<DeValue<'_>>, what: &str) {
        self.at(value.span().start, what);
    }

    pub(super) fn at(&mut self, offset: usize, what: &str) {
        let line = line_of(self.text, offset);
        self.mistakes.push(format!("settings, line {line}: {what}."));
    }
}

pub(super) fn strings(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    match value.get_ref() {
        DeValue::String(text) => Some(vec![text.to_string()]),
        DeValue::Array(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_set() {
        let (settings, mistakes) = Settings::parse(
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
        assert!(settings.links.fetch.allows_unasked("http://files:8080/x"));
        assert!(settings.links.fetch.allow_link_local);
        let quit = settings.keys.iter().find(|choice| choice.action == Action::Quit);
        assert_eq!(
            quit.map(|choice| (choice.keys.as_slice(), choice.line)),
            Some((&["ctrl-x".to_owned()][..], 9))
        );
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_the_rest_counts() {
        let (settings, mistakes) = Settings::parse(
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
        let (settings, mistakes) = Settings::parse("theme = \"day\"\n\nsubjects = [");
        assert_eq!(settings.theme, None);
        assert!(mistakes[0].starts_with("settings, line 3"), "{mistakes:?}");
    }
}
