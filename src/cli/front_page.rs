//! What `natsbridge --help` prints: the verbs in groups, on one screen. Each verb tells the rest.

use crate::cli::exit::EXITS;
use std::fmt::Write as _;

/// The verbs by what people want, in the order in which they are listed.
pub const GROUPS: &[(&str, &[&str])] = &[
    ("Look", &["watch", "demo", "open", "listen"]),
    ("Send", &["send", "request", "reply"]),
    ("Diagnose", &["check", "shape", "probe", "doctor"]),
    ("Keep", &["record", "replay"]),
    ("Serve", &["serve", "broker"]),
    ("Set up", &["context", "settings", "completions", "man"]),
];

/// The flags that are wanted most; every verb's help has them all.
const FLAGS: &str = "
  -s, --server URL     Broker [env: NATS_URL] [default: nats://127.0.0.1:4222]
      --context NAME   Context of nats, with its credentials [env: NATS_CONTEXT]
      --read-only      Nothing is published, uploaded or deleted
      --log FILE       Writes what happens to this file, without secrets
  -h, --help           Help; after a verb: all its flags, and examples
  -V, --version        Version
";

/// The page.
pub fn front_page(definition: &clap::Command) -> String {
    let mut page = format!(
        "See and send NATSBridge messages over NATS. Without a verb: the workbench.\n\nUsage: {} [OPTIONS] [VERB]\n",
        definition.get_name()
    );
    for (group, verbs) in GROUPS {
        page.push('\n');
        for (index, name) in verbs.iter().enumerate() {
            let group = if index == 0 { group } else { "" };
            let about = definition
                .find_subcommand(name)
                .and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            // Writing into a String cannot fail.
            let _ = writeln!(page, "{group:<9} {name:<11}  {about}");
        }
    }
    page.push_str(FLAGS);
    page.push_str("\nExit codes:");
    for (code, meaning) in EXITS.iter().take(6) {
        // What stands behind it is the manual's.
        let meaning = meaning
            .split(&[',', ';', '('][..])
            .next()
            .unwrap_or(meaning)
            .trim();
        let end = if code % 2 == 0 { "\n" } else { "" };
        let _ = write!(page, "{end}  {code}  {meaning:<32}");
    }
    page.truncate(page.trim_end().len());
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::CommandFactory;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_verb_is_in_one_group_and_the_page_fits_a_screen() {
        let definition = Cli::command();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, verbs)| *verbs).copied().collect();
        let mut verbs: Vec<&str> = definition
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        grouped.sort_unstable();
        verbs.sort_unstable();
        assert_eq!(grouped, verbs);
        let page = front_page(&definition);
        assert!(page.lines().count() <= 40, "{page}");
        for line in page.lines() {
            assert!(line.width() <= 80, "{line}");
        }
    }
}
