//! Correct command lines by verb: shown in help, and the first one in error messages.

/// What verbs are commonly asked for, two lines each, the usual one first. Tests run them all.
const EXAMPLES: &[&str] = &[
    "natsbridge watch 'chat.>' /chat/room1",
    "natsbridge watch --record traffic.jsonl --read-only",
    "natsbridge demo",
    "natsbridge demo --headless --seconds 60",
    "natsbridge listen 'chat.>' /chat/room1",
    "natsbridge listen '>' --json --count 10 --timeout 30s",
    "natsbridge send /chat/room1 --text message='Hello'",
    "natsbridge send /data/in --table rows=@rows.csv --image chart=@chart.png",
    "natsbridge request /demo/echo --text question='now?'",
    "natsbridge request /demo/echo --dictionary query='{\"id\":7}' --json --timeout 10s",
    "natsbridge reply /chat/echo --echo",
    "natsbridge reply svc.sum --command ./sum.py --queue workers",
    "natsbridge check message.json",
    "natsbridge check traffic.jsonl --for python,javascript --fail-on warning",
    "natsbridge shape learn --from traffic.jsonl > shapes.json",
    "natsbridge shape check shapes.json traffic.jsonl --format junit",
    "natsbridge probe /demo/echo --dialect v0.4",
    "natsbridge probe /demo/echo --dialect v0.5 --format markdown > conformance.md",
    "natsbridge record traffic.jsonl 'chat.>' /chat/room1",
    "natsbridge record traffic.jsonl '>' --count 10 --timeout 10m",
    "natsbridge replay traffic.jsonl --speed 10",
    "natsbridge replay traffic.jsonl --speed max --map 'chat.>=test.chat.>' --new-ids",
    "natsbridge open traffic.jsonl",
    "natsbridge open traffic.jsonl --stats report.json",
    "natsbridge serve",
    "natsbridge serve --listen 0.0.0.0:8081 --dir files --ttl 48h --max-total 20GiB",
    "natsbridge broker",
    "natsbridge broker --listen 127.0.0.1:4223",
    "natsbridge context add local --server nats://127.0.0.1:4222 --select",
    "natsbridge context test local",
    "natsbridge settings links",
    "natsbridge settings --changed",
    "natsbridge doctor",
    "natsbridge doctor 'chat.>' --json",
    "natsbridge completions bash > natsbridge.bash",
    "natsbridge completions zsh > _natsbridge",
    "natsbridge man send",
    "natsbridge man > natsbridge.1",
];

/// What stands below a verb's help.
pub fn examples_of(verb: &str) -> String {
    let lines = EXAMPLES.iter().filter(|line| verb_of(line) == verb);
    lines.fold("Examples:".into(), |text, line| format!("{text}\n  {line}"))
}

/// The example for a command line that names a verb, or not.
pub fn example_for(arguments: impl IntoIterator<Item = String>) -> &'static str {
    let of = |verb: &str| EXAMPLES.iter().find(|line| verb_of(line) == verb);
    let named = arguments.into_iter().find_map(|argument| of(&argument));
    named.unwrap_or(&"natsbridge listen 'chat.>'")
}

/// The verb that a line calls.
fn verb_of(line: &str) -> &str {
    let (_, call) = line.split_once("natsbridge ").unwrap_or(("", line));
    call.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::{CommandFactory, Parser};

    #[test]
    fn every_verb_has_two_examples_and_every_example_is_accepted() {
        for verb in Cli::command().get_subcommands() {
            let own = EXAMPLES.iter().filter(|line| verb_of(line) == verb.get_name());
            assert_eq!(own.count(), 2, "{verb}");
        }
        for line in EXAMPLES {
            let words = line
                .split(" | ")
                .flat_map(|part| part.split(" > "))
                .find(|part| part.starts_with("natsbridge"));
            let words = words
                .unwrap()
                .split_whitespace()
                .map(|word| word.trim_matches('\''));
            let words: Vec<_> = words.collect();
            assert_eq!(words[1], verb_of(line));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_refusal_shows_the_example_of_its_verb() {
        let example = |line: &str| example_for(line.split(' ').map(str::to_owned));
        assert!(example("natsbridge send --wat").starts_with("natsbridge send "));
        assert!(example("natsbridge wat").starts_with("natsbridge listen "));
    }
}
