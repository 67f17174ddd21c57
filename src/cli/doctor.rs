//! What `doctor` looks at, one part of the surroundings after the other, and how it reports: what is, and what to do where
//! that will not do.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::links::LinkArgs;
use crate::cli::output::{Out, json_line};
use natsbridge_app::{exposed_file, size, span};
use natsbridge_engine::{
    ConnectOptions, Connection, ConnectionError, FetchRequest, Fetcher, LinkError, Progress, Retry,
    SendOptions, StreamError, clock_ahead, list_streams, sentence,
};
use natsbridge_ui::{Colours, Protocol, TerminalGraphics};
use natsbridge_wire::{Blob, Limits, SafeText};
use serde_json::json;
use std::io::{self, IsTerminal};

/// A difference of clocks that is worth a word, in microseconds: times in messages are compared.
const DRIFT: i64 = 1_000_000;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// A fact, or a question that stays open.
    Note,
    /// It works, but not all of it.
    Caution,
    /// It does not work.
    Bad,
}

impl State {
    /// Its mark for people, and its word for programs.
    fn signs(self) -> (char, &'static str) {
        match self {
            Self::Good => ('✓', "good"),
            Self::Note => ('·', "note"),
            Self::Caution => ('▲', "caution"),
            Self::Bad => ('✖', "bad"),
        }
    }
}

/// Says what was found, line by line.
pub struct Report {
    out: Out,
    json: bool,
    part: &'static str,
    bad: bool,
}

impl Report {
    /// For people, or as JSON lines.
    pub fn new(json: bool) -> Self {
        let out = Out::stdout();
        Self {
            json: json || !out.is_terminal(),
            out,
            part: "",
            bad: false,
        }
    }

    /// Says that something is so, and, where `advice` says something, what to do.
    fn say(&mut self, part: &'static str, state: State, what: &str, advice: &str) -> Result<(), Failure> {
        self.bad |= state == State::Bad;
        let (mark, word) = state.signs();
        if self.json {
            let advice = (!advice.is_empty()).then_some(advice);
            return self.out.line(&json_line(
                &json!({"part": part, "state": word, "what": what, "advice": advice}),
            ));
        }
        if self.part != part {
            self.part = part;
            self.out.line(part)?;
        }
        self.out
            .line(SafeText::new(&format!("  {mark} {what}")).as_str())?;
        if !advice.is_empty() {
            self.out
                .line(SafeText::new(&format!("      {advice}")).as_str())?;
        }
        Ok(())
    }

    /// Whether everything that must work does.
    pub fn end(self) -> Exit {
        if self.bad { Exit::No } else { Exit::Done }
    }
}

/// The terminal: colours, pictures, clipboard, keyboard.
pub fn look_at_terminal(report: &mut Report) -> Result<(), Failure> {
    const PART: &str = "terminal";
    let variable = |name: &str| std::env::var(name).ok();
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_default();
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        report.say(
            PART,
            State::Note,
            "standard input or error is not a terminal",
            "The workbench needs one; the verbs do not.",
        )?;
    }
    match Colours::from_environment(variable) {
        Colours::True => report.say(PART, State::Good, &format!("{term}: 24-bit colours"), "")?,
        Colours::Indexed => {
            let advice = "If the terminal has 24-bit colours, set COLORTERM=truecolor.";
            report.say(PART, State::Good, &format!("{term}: 256 colours"), advice)?;
        }
        Colours::Sixteen => {
            let advice = "Set TERM to what the terminal is, such as xterm-256color.";
            report.say(
                PART,
                State::Caution,
                &format!("TERM is {term:?}: 16 colours"),
                advice,
            )?;
        }
        Colours::None => report.say(PART, State::Note, "no colours, as NO_COLOR or TERM=dumb asks", "")?,
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match locale.map(|locale| locale.to_lowercase()) {
        Some(locale) if locale.contains("utf-8") || locale.contains("utf8") => {
            report.say(PART, State::Good, "the locale is UTF-8", "")?;
        }
        _ => report.say(
            PART,
            State::Caution,
            "the locale is not UTF-8",
            "If lines and marks look wrong, set LANG=C.UTF-8.",
        )?,
    }
    let pictures = TerminalGraphics::from_environment(variable);
    let inside_tmux = set("TMUX");
    let (what, advice) = match pictures.best {
        Some(Protocol::Kitty) => ("pictures as pixels, in kitty's protocol", ""),
        Some(Protocol::Iterm2) => ("pictures as pixels, in iTerm2's protocol", ""),
        Some(Protocol::Sixel) => ("pictures as pixels, by sixel", ""),
        None if inside_tmux => (
            "pictures: the workbench asks tmux; as half-blocks unless it has sixel",
            "For kitty or iTerm2: tmux set -g allow-passthrough on, and images = \"kitty\" or \"iterm2\" in the settings.",
        ),
        None => (
            "pictures: the workbench asks the terminal; as half-blocks unless it has sixel",
            "",
        ),
    };
    report.say(PART, State::Note, what, advice)?;
    let advice = if inside_tmux {
        "In tmux: set -g set-clipboard on."
    } else if set("SSH_CONNECTION") {
        "Over SSH the terminal here must allow programs to write to the clipboard."
    } else {
        ""
    };
    report.say(
        PART,
        State::Note,
        "copying goes through the terminal (OSC 52), which may refuse it silently",
        advice,
    )
}

/// The settings file: what is wrong in it.
pub fn look_at_settings(context: &Context, report: &mut Report) -> Result<(), Failure> {
    const PART: &str = "settings";
    let place = context
        .file
        .path
        .as_ref()
        .map_or("settings.toml".into(), |path| path.display().to_string());
    for mistake in &context.mistakes {
        report.say(
            PART,
            State::Caution,
            mistake,
            &format!("Mend it in {place}; natsbridge settings lists all keys."),
        )?;
    }
    match (context.file.text.is_empty(), context.mistakes.is_empty()) {
        (true, _) => report.say(
            PART,
            State::Note,
            &format!("none are set ({place} is not there, or empty)"),
            "",
        ),
        (false, true) => report.say(PART, State::Good, &format!("{place} has no mistakes"), ""),
        (false, false) => Ok(()),
    }
}

/// The contexts of `nats`: which there are, and which cannot be used.
pub fn look_at_contexts(context: &Context, report: &mut Report) -> Result<(), Failure> {
    const PART: &str = "contexts";
    let contexts = context.contexts();
    let names = contexts.names();
    if names.is_empty() {
        return report.say(
            PART,
            State::Note,
            "there are none",
            "Make one with natsbridge context add NAME --server URL.",
        );
    }
    for name in &names {
        match contexts.facts(name) {
            Err(error) => report.say(PART, State::Bad, &error.to_string(), "")?,
            Ok(facts) if facts.exposed => {
                report.say(
                    PART,
                    State::Caution,
                    &format!("{name}: {}", exposed_file(&facts.path)),
                    "",
                )?;
            }
            Ok(facts) => report.say(PART, State::Good, &format!("{name}: {}", facts.server), "")?,
        }
    }
    match contexts.selected() {
        Ok(Some(name)) if !names.contains(&name) => report.say(
            PART,
            State::Bad,
            &format!("{name} is selected, but there is no such context"),
            "Select one that there is: natsbridge context select NAME.",
        ),
        Ok(_) => Ok(()),
        Err(error) => report.say(PART, State::Bad, &error.to_string(), ""),
    }
}

/// The broker: whether it lets us in, and what it offers. Subscribes to `subjects` to see whether it may.
pub async fn look_at_broker(
    connect: &ConnectOptions,
    subjects: &[String],
    report: &mut Report,
) -> Result<(), Failure> {
    const PART: &str = "broker";
    let connection = match Connection::open(connect).await {
        Ok(connection) => connection,
        Err(error) => {
            return report.say(
                PART,
                State::Bad,
                &sentence(&error),
                "Name another with --server or --context, or try natsbridge demo, which needs none.",
            );
        }
    };
    let server = connection.server();
    let encrypted = if server.tls { ", encrypted" } else { "" };
    report.say(
        PART,
        State::Good,
        &format!("{}: nats-server {}{encrypted}", server.address, server.version),
        "",
    )?;
    if server.read_only {
        report.say(
            PART,
            State::Note,
            "read-only: nothing is published, uploaded or deleted",
            "",
        )?;
    }
    match connection.round_trip().await {
        Some(trip) => report.say(
            PART,
            State::Good,
            &format!("answers within {}", span(trip.as_micros() as u64)),
            "",
        )?,
        None => report.say(
            PART,
            State::Caution,
            "it does not tell how fast it answers",
            "It may not permit inboxes of this prefix: see --inbox-prefix.",
        )?,
    }
    let most = format!(
        "messages of up to {} ({} bytes)",
        size(server.max_payload as u64),
        server.max_payload
    );
    let threshold = Limits::in_force().link_threshold;
    if server.max_payload < threshold {
        let advice = "Payloads below the threshold may not fit once encoded; they are sent by link then, if there is a file server.";
        report.say(PART, State::Note, &most, advice)?;
    } else {
        report.say(PART, State::Good, &most, "")?;
    }
    let all = [">".to_owned()];
    let subjects = if subjects.is_empty() { &all } else { subjects };
    for subject in subjects {
        match connection.subscribe(&[subject]).await {
            Ok(_) => report.say(PART, State::Good, &format!("may subscribe to {subject}"), "")?,
            Err(error @ ConnectionError::NotPermitted { .. }) => {
                report.say(
                    PART,
                    State::Caution,
                    &sentence(&error),
                    "Name the subjects that you may read: natsbridge watch 'chat.>'.",
                )?;
            }
            Err(error) => report.say(PART, State::Bad, &sentence(&error), "")?,
        }
    }
    look_at_jetstream(&connection, report).await?;
    connection.close().await;
    Ok(())
}

/// JetStream, and the time that it tells.
async fn look_at_jetstream(connection: &Connection, report: &mut Report) -> Result<(), Failure> {
    const PART: &str = "broker";
    match list_streams(connection).await {
        Ok((_, streams)) => report.say(
            PART,
            State::Good,
            &format!("JetStream with {}", natsbridge_engine::counted(streams, "stream")),
            "",
        )?,
        Err(StreamError::Off { .. }) => {
            return report.say(
                PART,
                State::Note,
                "no JetStream, for this account at least",
                "Streams and buckets need it: nats-server -js.",
            );
        }
        Err(error) => return report.say(PART, State::Caution, &sentence(&error), ""),
    }
    match clock_ahead(connection).await {
        Ok(Some(ahead)) => {
            let way = if ahead < 0 { "behind" } else { "ahead of" };
            let what = format!("its clock is {} {way} ours", span(ahead.unsigned_abs()));
            if ahead.abs() < DRIFT {
                report.say(PART, State::Good, &what, "")
            } else {
                report.say(
                    PART,
                    State::Caution,
                    &what,
                    "Set the clock that is wrong: times in messages and streams are compared.",
                )
            }
        }
        Ok(None) => report.say(
            PART,
            State::Note,
            "its clock is not known: no stream tells the time",
            "",
        ),
        Err(error) => report.say(PART, State::Note, &format!("its clock is not known: {error}"), ""),
    }
}

/// The file server: stores a few bytes there, unless nothing may be stored, and fetches them twice.
pub async fn look_at_file_server(
    context: &Context,
    args: &LinkArgs,
    read_only: bool,
    report: &mut Report,
) -> Result<(), Failure> {
    const PART: &str = "file server";
    const BODY: &[u8] = b"natsbridge doctor\n";
    let limits = Limits {
        link_tries: 1,
        ..context.settings.limits.clone()
    };
    let base = SendOptions::default();
    let sending = args.over(base, &context.settings.links, &limits, None)?;
    let url = &sending.fileserver_url;
    if read_only {
        return report.say(PART, State::Note, &format!("{url} is not tried: read-only"), "");
    }
    let Some(server) = &sending.fileserver else {
        return Ok(());
    };
    let uploaded = server
        .upload(
            url,
            "natsbridge-doctor.txt",
            Blob::from(BODY.to_vec()),
            &Progress::default(),
        )
        .await;
    let stored = match uploaded {
        Ok(stored) => stored,
        Err(error) => {
            // Most people have none, and need none.
            let (state, advice) = match error {
                LinkError::Options(_) => (State::Note, ""),
                _ => (
                    State::Caution,
                    "Only payloads of 1 MB and more need one: natsbridge serve, or --fileserver-url URL.",
                ),
            };
            return report.say(PART, state, &sentence(&error), advice);
        }
    };
    report.say(PART, State::Good, &format!("{url} takes files"), "")?;
    let fetcher = Fetcher::new(context.settings.links.fetch.clone(), limits.clone());
    let request = FetchRequest {
        url: stored.url,
        retry: Retry {
            tries: 1,
            ..Retry::default()
        },
        ..FetchRequest::default()
    };
    match fetcher.download(&request).await {
        Ok(fetched) if fetched.blob.memory().is_some_and(|bytes| *bytes == BODY) => {
            report.say(PART, State::Good, "and gives them back", "")?;
        }
        Ok(_) => {
            return report.say(
                PART,
                State::Bad,
                "but gives back something else",
                "Look at what stands between it and here, such as a proxy.",
            );
        }
        Err(error) => {
            return report.say(
                PART,
                State::Bad,
                &sentence(&error),
                "Receivers fetch from that address: it must be one that they reach.",
            );
        }
    }
    // Another one knows nothing of the first download.
    let again = Fetcher::new(context.settings.links.fetch.clone(), limits);
    match again.download(&request).await {
        Err(_) => report.say(
            PART,
            State::Good,
            "and forgets them after the first download (one-shot)",
            "",
        ),
        Ok(_) => report.say(
            PART,
            State::Note,
            "and keeps them: uploads are not one-shot there",
            "",
        ),
    }
}
