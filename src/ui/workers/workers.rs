//! The workers of one run, and small jobs without a worker of their own: saving files, loading contexts.

use super::clipboard::copied;
use super::composing::{at_home, compose_work, free_name};
use super::converted::converted;
use super::decode::open;
use super::done::{Done, Results};
use super::fetching::Fetching;
use super::latest::Latest;
use super::list::{describe, sift};
use super::long_work::{doing, long_work};
use super::payloads;
use crate::preview::Started;
use jiff::tz::TimeZone;
use natsbridge_app::{
    Action, Clipboard, ComposeEffect, Describe, Described, InspectorMsg, LongWork, MessagesMsg, Msg, Origin,
    OverlayMsg, Progress, PromptKind, RowFacts, ShownPayload, Sift, Sifted, State, WorkEffect, Working,
    WorksMsg, exposed_secrets, size,
};
use natsbridge_engine::{
    Command, Contexts, Fetcher, LoadCache, RecordingCommand, SendOptions, Store, save_new,
};
use natsbridge_wire::{Blob, Limits, Severity};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The workers of one run.
pub struct Workers {
    /// Fetches links.
    pub fetching: Fetching,
    decoding: Latest<(u64, usize)>,
    sifting: Latest<Sift>,
    describing: Latest<Describe>,
    /// What a message being written does not say itself: file server, threshold.
    sending: SendOptions,
    cache: Arc<Mutex<LoadCache>>,
    contexts: Contexts,
    store: Store,
    limits: Arc<Limits>,
    results: Results,
    folder: Option<Arc<TempDir>>,
}

impl Workers {
    /// Workers that hand in what they did through the channel.
    pub fn new(
        store: Store,
        limits: Arc<Limits>,
        zone: TimeZone,
        (fetcher, sending): (Fetcher, SendOptions),
        contexts: Contexts,
        results: mpsc::Sender<Done>,
    ) -> Self {
        let results = Results(results);
        store.know_links(Arc::new(fetcher.clone()));
        store.learn_shapes();
        store.examine_everything();
        Self {
            decoding: decoding(&store, &limits, zone, fetcher.clone(), &results),
            sifting: sifting(&store, &results),
            describing: describing(&store, &results),
            fetching: Fetching::new(fetcher, results.clone()),
            sending,
            cache: Arc::default(),
            contexts,
            store,
            limits,
            results,
            folder: None,
        }
    }

    /// Writes a new file.
    fn save(&self, path: PathBuf, body: Blob) {
        self.blocking(move || {
            let place = path.display();
            let why = match save_new(&at_home(&path), &body) {
                Ok(()) => {
                    let told = format!("Saved {} to {place}.", size(body.len()));
                    let origin = Origin::Prompt(PromptKind::SaveAs);
                    return vec![Msg::Outcome(origin, Severity::Note, told)];
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    format!("{place} already exists and was not changed; choose another name.")
                }
                Err(error) => format!("Cannot save to {place}: {error}."),
            };
            vec![Msg::Overlay(OverlayMsg::Refused(place.to_string(), why))]
        });
    }

    /// Asks which contexts there are.
    fn list_contexts(&self) {
        let contexts = self.contexts.clone();
        self.blocking(move || vec![Msg::Contexts(contexts.names())]);
    }

    /// Loads a context; the commands it names may take a while.
    fn load_context(&self, name: String) {
        let (contexts, limits) = (self.contexts.clone(), self.limits.clone());
        self.blocking(move || {
            let mut options = match contexts.load(&name) {
                Ok(options) => options,
                Err(error) => return vec![Msg::Context(name, Err(error.to_string()))],
            };
            options.limits = (*limits).clone();
            let warnings = exposed_secrets(&contexts, &options).into_iter();
            let warnings: Vec<_> = warnings
                .map(|warning| Msg::Notice(Severity::Warning, warning))
                .collect();
            let read = Msg::Context(name, Ok(Box::new(options)));
            std::iter::once(read).chain(warnings).collect()
        });
    }

    /// Opens a payload in another program beside the workbench; with this command, or the system's default.
    fn open_beside(&mut self, shown: ShownPayload, command: Option<String>) {
        let folder = match self.folder() {
            Ok(folder) => folder,
            Err(error) => {
                let text = format!("Cannot create a directory for other programs: {error}.");
                return self.blocking(move || vec![Msg::Notice(Severity::Error, text)]);
            }
        };
        let limits = self.limits.clone();
        // Not shown as work: the program may be open for hours.
        self.blocking(move || {
            let command = command.as_deref().unwrap_or(payloads::system_opener());
            let written = converted(command, &shown, &limits)
                .and_then(|(word, shown)| Ok((word, payloads::write_outside(&folder, &shown)?)));
            match written {
                Ok((word, path)) => payloads::open_beside(command, word, &path),
                Err(error) => {
                    let text = format!("Cannot create a file for the other program: {error}.");
                    vec![Msg::Notice(Severity::Error, text)]
                }
            }
        });
    }

    /// Copies a text by a program of this machine, where one is at hand, and tells what was done.
    pub fn copy(&self, text: String, way: Clipboard) {
        self.blocking(move || {
            let (severity, told) = copied(&text, way, &|name| std::env::var(name).ok());
            vec![Msg::Outcome(Origin::Action(Action::CopyPayload), severity, told)]
        });
    }

    /// The directory for other programs' files; it is deleted when the workbench ends.
    pub fn folder(&mut self) -> io::Result<Arc<TempDir>> {
        if self.folder.is_none() {
            self.folder = Some(Arc::new(payloads::private_folder()?));
        }
        self.folder.clone().ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Has work done; returns the command to the session that it leads to, if there is one.
    pub fn take(&mut self, work: WorkEffect, state: &State) -> Option<Command> {
        match work {
            WorkEffect::Open(seq, payload) => self.decoding.ask((seq, payload)),
            WorkEffect::Sift(request) => self.sifting.ask(request),
            WorkEffect::Describe(request) => self.describing.ask(request),
            WorkEffect::Save(path, body) => self.save(path, body),
            WorkEffect::FindFreeName(name) => self.blocking(move || {
                let free = free_name(&name, |path| at_home(path).exists());
                vec![Msg::Overlay(OverlayMsg::FreeName(name, free))]
            }),
            WorkEffect::OpenBeside(shown, command) => self.open_beside(*shown, command),
            WorkEffect::LookUp(url, ask) => self.fetching.look_up(url, ask),
            WorkEffect::Fetch(url) => {
                if let Some(request) = state.inspector.links.request(&url) {
                    self.fetching.fetch(request);
                }
            }
            WorkEffect::CancelFetch(url) => self.fetching.cancel(&url),
            WorkEffect::KeepLink(url) => {
                let body = self.fetching.fetched_body(&url)?;
                return Some(Command::Recording(RecordingCommand::KeepLink(url, body)));
            }
            WorkEffect::ListContexts => self.list_contexts(),
            WorkEffect::LoadContext(name) => self.load_context(name),
            WorkEffect::Compose(work) => self.compose(work),
            WorkEffect::Long(work) => self.long(work, state.now_us),
        }
        None
    }

    /// Does a piece of work for the message being written.
    fn compose(&self, work: ComposeEffect) {
        let (sending, limits, cache) = (self.sending.clone(), self.limits.clone(), self.cache.clone());
        let run = move || vec![Done::Told(compose_work(work, &sending, &limits, &cache))];
        self.results.work(run, failed);
    }

    /// Does work that the footer shows if it takes long, and that can be cancelled.
    fn long(&self, work: LongWork, now_us: i64) {
        let (store, limits) = (self.store.clone(), self.limits.clone());
        let results = self.results.clone();
        let progress = Arc::<Progress>::default();
        let working = Working {
            doing: doing(&work),
            progress: Arc::clone(&progress),
            since_us: now_us,
            loss: matches!(work, LongWork::SaveTape { .. }).then_some("the tape being saved"),
        };
        let told = |message| vec![Done::Told(Msg::Works(message))];
        tokio::spawn(async move {
            results.hand_in(told(WorksMsg::Began(working))).await;
            let worked = tokio::task::spawn_blocking({
                let progress = Arc::clone(&progress);
                move || long_work(work, &store, &limits, &progress)
            });
            let worked = worked.await.unwrap_or_else(|_| failed());
            let given_up = progress.is_cancelled();
            results.hand_in(told(WorksMsg::Ended(progress))).await;
            if !given_up {
                results.hand_in(worked).await;
            }
        });
    }

    /// Does what a view requested.
    pub fn start(&self, work: Started) {
        let progress = work.progress();
        let failed = move || {
            vec![
                Done::notice(Severity::Error, "Internal error: a view failed to do this."),
                Done::Told(Msg::Works(WorksMsg::Ended(progress))),
            ]
        };
        self.results.work(move || vec![Done::Worked(work.run())], failed);
    }

    fn blocking(&self, work: impl FnOnce() -> Vec<Msg> + Send + 'static) {
        let run = move || work().into_iter().map(Done::Told).collect();
        self.results.work(run, Vec::new);
    }
}

fn failed() -> Vec<Done> {
    let text = "Internal error: this action failed.";
    vec![Done::notice(Severity::Error, text)]
}

/// Decodes messages.
fn decoding(
    store: &Store,
    limits: &Arc<Limits>,
    zone: TimeZone,
    fetcher: Fetcher,
    results: &Results,
) -> Latest<(u64, usize)> {
    let (store, limits) = (store.clone(), limits.clone());
    let gone = |seq| Done::Told(Msg::Inspector(InspectorMsg::Gone(seq)));
    let run = move |wanted: (u64, usize)| match open(&store, wanted, &limits, &zone, &fetcher) {
        Some(opened) => Done::Opened(Box::new(opened)),
        None => gone(wanted.0),
    };
    Latest::new(results.clone(), run, |(seq, _)| {
        let text = format!("Internal error: message {seq} could not be decoded.");
        let told = Done::notice(Severity::Error, text);
        vec![told, Done::Told(Msg::Inspector(InspectorMsg::Gone(seq)))]
    })
}

/// Filters messages for the list.
fn sifting(store: &Store, results: &Results) -> Latest<Sift> {
    let told = |sifted| Done::Told(Msg::Messages(MessagesMsg::Sifted(sifted)));
    let store = store.clone();
    let run = move |request: Sift| told(sift(&store, &request));
    Latest::new(results.clone(), run, |request| {
        let text = "Internal error: some messages could not be filtered; they are not shown.";
        let sifted = Sifted {
            number: request.number,
            seqs: vec![],
            until: request.among.end(),
        };
        vec![
            Done::notice(Severity::Error, text),
            Done::Told(Msg::Messages(MessagesMsg::Sifted(sifted))),
        ]
    })
}

/// Finds out what the list shows of rows.
fn describing(store: &Store, results: &Results) -> Latest<Describe> {
    let told = |described| Done::Told(Msg::Messages(MessagesMsg::Described(described)));
    let store = store.clone();
    let run = move |request: Describe| told(describe(&store, &request));
    Latest::new(results.clone(), run, |request| {
        let nothing = |seq| (seq, RowFacts::default());
        let described = Described {
            rows: request.seqs.into_iter().map(nothing).collect(),
            changes: request.changes,
        };
        vec![Done::Told(Msg::Messages(MessagesMsg::Described(described)))]
    })
}
