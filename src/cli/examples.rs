//! Correct command lines by verb: shown in help, and the first one in error messages.

/// What verbs are commonly asked for, the usual one of each first.
const EXAMPLES: &[&str] = &[
    "natsbridge watch 'chat.>' /chat/room1",
    "natsbridge watch --record traffic.jsonl",
    "natsbridge demo",
    "natsbridge demo --headless --seconds 60",
    "natsbridge listen 'chat.>' /chat/room1",
    "natsbridge listen '>' --json --count 10 --timeout 30s",
    "natsbridge listen /files/in --save received --fetch always --fetch-limit 1GB",
    "natsbridge listen --jetstream ORDERS --since 10m",
    "natsbridge send /chat/room1 --text message='Hello'",
    "natsbridge send /data/in --table rows=@rows.csv --image chart=@chart.png",
    "natsbridge send /config --dictionary config='{\"on\":true}' --dialect v0.4 --dry-run",
    "natsbridge send orders.new --dictionary order='{\"id\":7}' --jetstream",
    "date | natsbridge send /log --text line=@- --count 5 --rate 1/s",
    "natsbridge send --draft hello.toml --count 3",
    "natsbridge send /films/in --video film=@film.mp4 --fileserver-url http://files:8080 --lasting",
    "natsbridge request /agent/time --text question='now'",
    "natsbridge request svc.users --dictionary query='{\"id\":7}' --json --timeout 2s",
    "natsbridge request all.nodes --text ping=ping --replies 0 --timeout 3s",
    "natsbridge reply /chat/echo --echo",
    "natsbridge reply svc.users --dictionary user='{\"id\":7}' --purpose ACK --delay 200ms",
    "natsbridge reply svc.sum --command ./sum.py --queue workers",
    "natsbridge check message.json",
    "natsbridge check traffic.jsonl --for python,javascript --fail-on warning",
    "natsbridge check --subject 'chat.>' --count 100 --timeout 30s --json",
    "natsbridge check messages/ --format junit > report.xml",
    "natsbridge check --mend julia message.json > for-julia.json",
    "natsbridge check --explain base64-url-safe",
    "natsbridge probe /peer/echo",
    "natsbridge probe /peer/echo --dialect v0.4,v0.5 --format markdown > conformance.md",
    "natsbridge probe /peer/echo --fileserver-url http://localhost:8080 --json",
    "natsbridge record traffic.jsonl 'chat.>' /chat/room1",
    "natsbridge record traffic.jsonl '>' --count 1000 --timeout 10m",
    "natsbridge replay traffic.jsonl",
    "natsbridge replay traffic.jsonl --speed max --map 'chat.>=test.chat.>' --new-ids",
    "natsbridge replay traffic.jsonl --from 120 --count 10 --dry-run",
    "natsbridge open traffic.jsonl",
    "natsbridge open dump-folder",
    "natsbridge serve",
    "natsbridge serve --dir files --ttl 48h --max-total 20GiB",
    "natsbridge serve --listen 0.0.0.0:8080 --public-url http://files.example:8080",
    "natsbridge serve --jetstream files --server nats://127.0.0.1:4222",
    "natsbridge broker --listen 127.0.0.1:4223",
    "natsbridge context ls",
    "natsbridge context ls --json",
    "natsbridge completions bash > ~/.local/share/bash-completion/completions/natsbridge",
    "natsbridge man send | man -l -",
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
    fn every_verb_has_an_example_and_every_example_is_accepted() {
        for verb in Cli::command().get_subcommands() {
            assert!(
                EXAMPLES.iter().any(|line| verb_of(line) == verb.get_name()),
                "{verb}"
            );
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
