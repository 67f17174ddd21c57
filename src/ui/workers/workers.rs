//! The workers of one run, and small jobs without a worker of their own: saving files, loading contexts.

use super::composing::{Composing, at_home};
use super::decode::Decoder;
use super::done::Done;
use super::downloads::Downloads;
use super::fetching::Fetching;
use super::long_work::{slow, slow_work};
use super::payloads;
use crate::preview::Started;
use jiff::tz::TimeZone;
use natsbridge_app::{
    Effect, Msg, Origin, Progress, Purpose, ShownPayload, State, Working, exposed_secrets, size,
};
use natsbridge_engine::{Contexts, Fetcher, SendOptions, Store, save_new};
use natsbridge_wire::{Blob, Limits, Severity};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The workers of one run.
pub struct Workers {
    /// Decodes messages.
    pub decoder: Decoder,
    /// Fetches links.
    pub fetching: Fetching,
    /// Works for the message being written.
    pub composing: Composing,
    contexts: Contexts,
    store: Store,
    limits: Arc<Limits>,
    results: mpsc::Sender<Done>,
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
        let downloads = Downloads::new(fetcher);
        store.know_links(Arc::new(downloads.clone()));
        store.examine_everything();
        Self {
            decoder: Decoder::new(
                store.clone(),
                limits.clone(),
                zone,
                downloads.clone(),
                results.clone(),
            ),
            fetching: Fetching::new(downloads, results.clone()),
            composing: Composing::new(sending, limits.clone(), results.clone()),
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
            let told = match save_new(&at_home(&path), &body) {
                Ok(()) => (Severity::Note, format!("Saved {} to {place}.", size(body.len()))),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => (
                    Severity::Error,
                    format!("{place} already exists and was not changed; choose another name."),
                ),
                Err(error) => (Severity::Error, format!("Cannot save to {place}: {error}.")),
            };
            vec![Msg::Outcome(Origin::Prompt(Purpose::SaveAs), told.0, told.1)]
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
            let warnings = warnings.map(|warning| Msg::Notice(Severity::Warning, warning));
            let warnings: Vec<_> = warnings.collect();
            let read = Msg::Context(name, Ok(Box::new(options)));
            std::iter::once(read).chain(warnings).collect()
        });
    }

    /// Opens a payload in another program beside the workbench; with this command, or the system's default.
    fn open_outside(&mut self, shown: ShownPayload, command: Option<String>) {
        let folder = match self.folder() {
            Ok(folder) => folder,
            Err(error) => {
                let text = format!("Cannot create a directory for other programs: {error}.");
                return self.blocking(move || vec![Msg::Notice(Severity::Error, text)]);
            }
        };
        // Not shown as work: the program may be open for hours.
        self.blocking(move || {
            let command = command.as_deref().unwrap_or(payloads::system_opener());
            match payloads::write_outside(&folder, &shown) {
                Ok(path) => payloads::open_beside(command, &path),
                Err(error) => {
                    let text = format!("Cannot create a file for the other program: {error}.");
                    vec![Msg::Notice(Severity::Error, text)]
                }
            }
        });
    }

    /// The directory for other programs' files; it is deleted when the workbench ends.
    pub fn folder(&mut self) -> io::Result<Arc<TempDir>> {
        if self.folder.is_none() {
            self.folder = Some(Arc::new(payloads::private_folder()?));
        }
        self.folder.clone().ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Passes an effect to the workers; returns those that are not for them.
    pub fn take(&mut self, effect: Effect, state: &State) -> Option<Effect> {
        let effect = match slow(&effect) {
            Some(doing) => {
                self.working(doing, state.now_us, effect);
                return None;
            }
            None => effect,
        };
        match effect {
            Effect::Open(seq) => self.decoder.open(seq),
            Effect::Save(path, body) => self.save(path, body),
            Effect::LookUp(url, ask) => self.fetching.look_up(url, ask),
            Effect::Fetch(url) => {
                if let Some(request) = state.links.request(&url) {
                    self.fetching.fetch(request);
                }
            }
            Effect::CancelFetch(url) => self.fetching.cancel(&url),
            Effect::OpenOutside {
                shown,
                command,
                in_terminal: false,
            } => self.open_outside(*shown, command),
            Effect::ListContexts => self.list_contexts(),
            Effect::LoadContext(name) => self.load_context(name),
            Effect::Compose(work) => self.composing.work(work),
            other => return Some(other),
        }
        None
    }

    /// Does work that the footer shows if it takes long, and that can be cancelled.
    fn working(&self, doing: String, now_us: i64, effect: Effect) {
        let (store, limits) = (self.store.clone(), self.limits.clone());
        let results = self.results.clone();
        let progress = Arc::<Progress>::default();
        let working = Working {
            doing,
            progress: Arc::clone(&progress),
            since_us: now_us,
        };
        tokio::spawn(async move {
            // The loop may have ended in the meantime.
            let _ = results.send(Done::Told(Msg::Began(working))).await;
            let worked = tokio::task::spawn_blocking({
                let progress = Arc::clone(&progress);
                move || slow_work(effect, &store, &limits, &progress)
            });
            let worked = worked.await.unwrap_or_else(|_| {
                let text = "Internal error: this action failed.".to_owned();
                vec![Done::Told(Msg::Notice(Severity::Error, text))]
            });
            let given_up = progress.is_cancelled();
            let _ = results.send(Done::Told(Msg::Ended(progress))).await;
            for done in worked.into_iter().filter(|_| !given_up) {
                let _ = results.send(done).await;
            }
        });
    }

    /// Does what a view requested.
    pub fn start(&self, work: Started) {
        let results = self.results.clone();
        tokio::spawn(async move {
            let progress = work.progress();
            let worked = tokio::task::spawn_blocking(move || work.run()).await;
            let failed = "Internal error: a view failed to do this.";
            let done = match worked {
                Ok(worked) => vec![Done::Worked(worked)],
                Err(_) => vec![
                    Done::Told(Msg::Notice(Severity::Error, failed.into())),
                    Done::Told(Msg::Ended(progress)),
                ],
            };
            for done in done {
                // The loop may have ended in the meantime.
                let _ = results.send(done).await;
            }
        });
    }

    fn blocking(&self, work: impl FnOnce() -> Vec<Msg> + Send + 'static) {
        let results = self.results.clone();
        tokio::spawn(async move {
            for message in tokio::task::spawn_blocking(work).await.unwrap_or_default() {
                // The loop may have ended in the meantime.
                let _ = results.send(Done::Told(message)).await;
            }
        });
    }
}
