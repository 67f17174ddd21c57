//! The event loop: input, session, workers and time in; effects and frames out. It draws only when something changed:
//! after input immediately, for data at most sixty times a second, when idle never.

use super::memory::{Memory, Unremembered};
use super::mistakes::first_few;
use super::outside::Outside;
use super::screen::Screen;
use super::stats::{RunReport, Stats};
use super::workbench::Workbench;
use crate::graphics::{Colours, TerminalPictures};
use crate::look::{Keymap, Look, Theme, Themes};
use crate::workers::{Done, Workers};
use crossterm::event::{Event as Input, MouseEventKind};
use futures_util::{Stream, StreamExt};
use jiff::tz::TimeZone;
use natsbridge_app::{Action, Effect, Msg, Origin, Settings, Start, State, recording_told, size};
use natsbridge_engine::{Command, Contexts, Event, Fetcher, JobReport, JobStage, SendOptions, Session};
use natsbridge_wire::{Limits, Severity};
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until, timeout};

/// Input events taken in before a frame is drawn.
const INPUT_BATCH: usize = 256;
/// Worker results that may be queued.
const RESULTS: usize = 16;

/// What a run is started with.
#[derive(Clone)]
pub struct RunOptions {
    /// The person's settings.
    pub settings: Settings,
    /// Mistakes found in them so far, shown as notices.
    pub mistakes: Vec<String>,
    /// Themes there are.
    pub themes: Themes,
    /// Colours of the terminal.
    pub colours: Colours,
    /// What the terminal can do with pictures.
    pub terminal: TerminalPictures,
    /// Zone that times are shown in.
    pub zone: TimeZone,
    /// Fetches links.
    pub fetcher: Fetcher,
    /// Sending defaults for messages being written: file server, threshold.
    pub sending: SendOptions,
    /// The contexts there are to choose from.
    pub contexts: Contexts,
    /// The context that the session was started with.
    pub context: Option<String>,
    /// The person's own editor, a command line as `$EDITOR` holds it.
    pub editor: String,
    /// The state saved by an earlier run.
    pub memory: Memory,
    /// Whether to show the welcome of the first start.
    pub welcome: bool,
    /// The filter of the message list.
    pub filter: String,
    /// The clock: microseconds since the Unix epoch.
    pub clock: fn() -> i64,
}

/// What reaches the loop from outside the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// End cleanly.
    Quit,
    /// Suspend to the shell.
    Suspend,
    /// Continued: take the terminal again.
    Resume,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The terminal takes no output.
    #[error("cannot draw on the terminal: {0}")]
    Draw(#[source] io::Error),
    /// The terminal gives no input.
    #[error("cannot read from the terminal: {0}")]
    Read(#[source] io::Error),
}

/// Runs the workbench until the user quits.
pub async fn run<S: Screen, I: Stream<Item = io::Result<Input>> + Unpin>(
    options: RunOptions,
    session: Session,
    screen: &mut S,
    input: I,
    interrupts: mpsc::Receiver<Interrupt>,
) -> Result<RunReport, RunError> {
    let (results, done) = mpsc::channel(RESULTS);
    let limits = Arc::new(options.settings.limits.clone());
    let frame_interval = limits.frame_interval;
    let zone = options.zone.clone();
    let (fetcher, contexts) = (options.fetcher.clone(), options.contexts.clone());
    let links = (fetcher, options.sending.clone());
    let store = session.store.clone();
    let workers = Workers::new(store, limits.clone(), zone, links, contexts, results);
    let (clock, editor) = (options.clock, options.editor.clone());
    let (workbench, without) = workbench(options, &session, limits);
    let mut looping = Loop {
        workbench,
        workers,
        screen,
        session,
        stats: Stats::default(),
        clock,
        editor,
        lent: None,
        started: Instant::now(),
        frame_interval,
        drawn: None,
        ticked: Instant::now(),
        store_changed: true,
        dirty: Dirty::Now,
        key_at: None,
        quit: false,
    };
    looping.go(input, interrupts, done).await?;
    looping.end().await;
    Ok(RunReport {
        memory: looping.workbench.memory(&without),
        ..looping.stats.report(&looping.workbench.state)
    })
}

fn workbench(options: RunOptions, session: &Session, limits: Arc<Limits>) -> (Workbench, Unremembered) {
    let settings = options.settings;
    let (keymap, mistakes) = Keymap::new(&settings.keys);
    let state = State::new(Start {
        store: session.store.clone(),
        limits,
        theme: Themes::first(settings.theme.as_deref(), options.colours),
        themes: options.themes.names(),
        mouse: settings.mouse,
        images: settings.images,
        tools: settings.tools,
        highlights: settings.highlights,
        fetching: options.fetcher.policy().clone(),
        context: options.context,
        zone: options.zone.clone(),
        now_us: (options.clock)(),
    });
    // A theme that cannot be loaded must not leave the screen bare.
    let fallback = Themes::first(None, options.colours);
    let theme = options.themes.load(&fallback, options.colours);
    let look = Look {
        theme: theme.unwrap_or_else(|_| Theme::plain()),
        keymap,
        zone: options.zone,
        colours: options.colours,
        images: settings.images,
        terminal: options.terminal,
        covered: false,
    };
    let mut workbench = Workbench::new(state, look, options.themes);
    for mistake in first_few(options.mistakes.into_iter().chain(mistakes).collect()) {
        workbench.update(Msg::Notice(Severity::Warning, mistake));
    }
    let without = workbench.recall(options.memory);
    workbench.state.welcome = options.welcome;
    workbench.state.start_filtered(&options.filter);
    (workbench, without)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dirty {
    No,
    /// With the next frame.
    Soon,
    /// At once.
    Now,
}

struct Loop<'a, S> {
    workbench: Workbench,
    workers: Workers,
    screen: &'a mut S,
    session: Session,
    stats: Stats,
    clock: fn() -> i64,
    editor: String,
    /// Who has the terminal in the meantime.
    lent: Option<Outside>,
    started: Instant,
    frame_interval: Duration,
    drawn: Option<Instant>,
    ticked: Instant,
    store_changed: bool,
    dirty: Dirty,
    key_at: Option<Instant>,
    quit: bool,
}

impl<S: Screen> Loop<'_, S> {
    async fn go<I: Stream<Item = io::Result<Input>> + Unpin>(
        &mut self,
        input: I,
        mut interrupts: mpsc::Receiver<Interrupt>,
        mut done: mpsc::Receiver<Done>,
    ) -> Result<(), RunError> {
        // Read as they become ready, always by this task: crossterm's stream wakes the first task that polled it
        // without success, and polling it on the side (`now_or_never`) would leave the loop asleep at the next key.
        let mut input = input.ready_chunks(INPUT_BATCH);
        let (mut session_lives, mut interrupts_live) = (true, true);
        while !self.quit {
            let frame_at = self.frame_at();
            if frame_at.is_some_and(|at| at <= Instant::now()) {
                self.frame()?;
                continue;
            }
            let tick_at = self.workbench.state.next_tick().map(|wait| self.ticked + wait);
            tokio::select! {
                biased;
                events = input.next(), if self.lent.is_none() => match events {
                    None => self.quit = true,
                    Some(events) => for event in events {
                        self.input(&event.map_err(RunError::Read)?)?;
                        if self.quit {
                            break;
                        }
                    },
                },
                interrupt = interrupts.recv(), if interrupts_live => match interrupt {
                    None => interrupts_live = false,
                    Some(Interrupt::Quit) => self.quit = true,
                    Some(Interrupt::Suspend) => self.effects(vec![Effect::Suspend])?,
                    Some(Interrupt::Resume) if self.lent.is_some() => {}
                    Some(Interrupt::Resume) => {
                        self.screen.resume().map_err(RunError::Draw)?;
                        self.dirty = Dirty::Now;
                    }
                },
                event = self.session.events.recv(), if session_lives => match event {
                    None => session_lives = false,
                    Some(Event::Store) => {
                        self.store_changed = true;
                        self.soon();
                    }
                    Some(event) => self.message(Msg::Engine(event))?,
                },
                edited = ended(&mut self.lent), if self.lent.is_some() => self.take_back(edited)?,
                Some(result) = done.recv() => self.done(result)?,
                () = at(tick_at) => self.tick()?,
                () = at(frame_at) => {}
            }
        }
        Ok(())
    }

    /// When the next frame is due.
    fn frame_at(&self) -> Option<Instant> {
        match self.dirty {
            _ if self.lent.is_some() => None,
            Dirty::No => None,
            Dirty::Now => Some(Instant::now()),
            Dirty::Soon => Some(
                self.drawn
                    .map_or_else(Instant::now, |at| at + self.frame_interval),
            ),
        }
    }

    fn frame(&mut self) -> Result<(), RunError> {
        // The state is updated once per frame, however many events requested it.
        if std::mem::take(&mut self.store_changed) {
            self.workbench.state.now_us = (self.clock)();
            let effects = self.workbench.update(Msg::Engine(Event::Store));
            self.effects(effects)?;
        }
        let start = Instant::now();
        self.dirty = Dirty::No;
        let workbench = &mut self.workbench;
        self.screen
            .draw(&mut |frame| workbench.draw(frame))
            .map_err(RunError::Draw)?;
        let end = Instant::now();
        self.drawn = Some(start);
        if let Some(effects) = self.workbench.attend_views() {
            self.soon();
            self.effects(effects)?;
        }
        self.stats.frames.record(micros(end - start));
        self.stats.first_frame.get_or_insert(end - self.started);
        if let Some(at) = self.key_at.take() {
            self.stats.keys.record(micros(end - at));
        }
        Ok(())
    }

    fn input(&mut self, event: &Input) -> Result<(), RunError> {
        match event {
            // A storm of these is drawn at the rate for data.
            Input::Resize(..) => {
                self.key_at = None;
                self.workbench.cells_measure(self.screen.cell_pixels());
                self.soon();
                return Ok(());
            }
            Input::FocusGained | Input::FocusLost => return Ok(()),
            Input::Mouse(mouse) if mouse.kind == MouseEventKind::Moved => return Ok(()),
            _ => {}
        }
        self.key_at.get_or_insert_with(Instant::now);
        self.workbench.state.now_us = (self.clock)();
        let effects = self.workbench.input(event);
        self.dirty = Dirty::Now;
        self.effects(effects)
    }

    fn message(&mut self, message: Msg) -> Result<(), RunError> {
        self.workbench.state.now_us = (self.clock)();
        let effects = self.workbench.update(message);
        self.soon();
        self.effects(effects)
    }

    fn tick(&mut self) -> Result<(), RunError> {
        self.ticked = Instant::now();
        self.message(Msg::Tick((self.clock)()))
    }

    fn done(&mut self, done: Done) -> Result<(), RunError> {
        match done {
            Done::Opened(opened) => {
                self.workers.decoder.opened();
                let effects = self.workbench.show(*opened);
                self.soon();
                self.effects(effects)
            }
            Done::Gone(seq) => {
                self.workers.decoder.opened();
                self.message(Msg::Gone(seq))
            }
            Done::Fetched(url, result) => {
                self.workers.fetching.fetched(&url);
                self.message(Msg::Fetched(url, result))
            }
            Done::Worked(worked) => {
                let effects = self.workbench.worked(worked);
                self.soon();
                self.effects(effects)
            }
            Done::Sheet(sheet) => {
                let effects = self.workbench.lay(sheet);
                self.soon();
                self.effects(effects)
            }
            Done::Told(message) => self.message(message),
        }
    }

    fn start_works(&mut self) {
        for work in self.workbench.take_works() {
            self.workers.start(work);
        }
    }

    fn effects(&mut self, effects: Vec<Effect>) -> Result<(), RunError> {
        self.start_works();
        for effect in effects {
            let Some(effect) = self.workers.take(effect, &self.workbench.state) else {
                continue;
            };
            match effect {
                Effect::Session(command) => self.command(command),
                Effect::KeepLink(url) => {
                    if let Some(body) = self.workers.fetching.fetched_body(&url) {
                        self.command(Command::KeepLink(url, body));
                    }
                }
                Effect::Copy(text) => {
                    self.screen.copy(&text).map_err(RunError::Draw)?;
                    let text = format!("Copied {}.", size(text.len() as u64));
                    let origin = Origin::Action(Action::CopyPayload);
                    self.workbench.update(Msg::Outcome(origin, Severity::Note, text));
                }
                Effect::Mouse(on) => self.screen.mouse(on).map_err(RunError::Draw)?,
                Effect::Redraw => self.screen.clear().map_err(RunError::Draw)?,
                Effect::Suspend => {
                    self.screen.suspend().map_err(RunError::Draw)?;
                    self.screen.clear().map_err(RunError::Draw)?;
                    self.key_at = None;
                }
                Effect::EditOutside(content, text, ending) => {
                    self.lend(|this| Outside::edit(&this.editor, content, text, ending))?;
                }
                Effect::OpenOutside { shown, command, .. } => {
                    let command = command.unwrap_or_default();
                    self.lend(|this| Outside::look(&command, &shown, this.workers.folder()))?;
                }
                Effect::Quit => self.quit = true,
                // Done by the workers, or by the workbench itself.
                _ => {}
            }
            self.dirty = Dirty::Now;
        }
        Ok(())
    }

    /// Gives the terminal to another program; if it cannot be started, the reason is shown.
    fn lend(&mut self, start: impl FnOnce(&mut Self) -> Result<Outside, Box<Msg>>) -> Result<(), RunError> {
        self.screen.lend().map_err(RunError::Draw)?;
        self.key_at = None;
        match start(self) {
            Ok(outside) => self.lent = Some(outside),
            Err(why) => self.take_back(Some(*why))?,
        }
        Ok(())
    }

    /// Takes the terminal back, and the edited text.
    fn take_back(&mut self, told: Option<Msg>) -> Result<(), RunError> {
        self.lent = None;
        self.screen.resume().map_err(RunError::Draw)?;
        self.dirty = Dirty::Now;
        told.map_or(Ok(()), |told| self.message(told))
    }

    fn command(&mut self, command: Command) {
        let Err(refused) = self.session.commands.try_send(command) else {
            return;
        };
        let text = "The session is busy or has ended; try again shortly.".to_owned();
        let message = match refused.into_inner() {
            // Nobody else would report that it was not sent.
            Command::Send(job) => Msg::Engine(Event::Job(JobReport {
                stage: JobStage::Failed(text),
                over: true,
                ..JobReport::new(&job)
            })),
            _ => Msg::Notice(Severity::Warning, text),
        };
        self.workbench.update(message);
    }

    fn soon(&mut self) {
        if self.dirty == Dirty::No {
            self.dirty = Dirty::Soon;
        }
    }

    /// Lets the session finish sending and flush, for a bounded time. Its last messages can no longer be shown on
    /// screen, so they go into the report.
    async fn end(&mut self) {
        let mut recorded = self.workbench.state.recording.take();
        if self.session.commands.send(Command::Quit).await.is_ok() {
            let limits = &self.workbench.state.limits;
            let patience = match recorded {
                Some(_) => limits.quit_time + limits.tape_end_time,
                None => limits.quit_time,
            };
            let last_words = &mut self.stats.last_words;
            let ended = async {
                while let Some(event) = self.session.events.recv().await {
                    match event {
                        Event::Ended => return,
                        Event::Notice(severity, text) => last_words.push((severity, text)),
                        Event::Recording(view) => recorded = Some(view),
                        _ => {}
                    }
                }
            };
            if timeout(patience, ended).await.is_err() {
                // A session that does not end in time is left to the runtime's shutdown.
                let text =
                    "The connection did not close in time; the last messages sent may be lost.".to_owned();
                self.stats.last_words.push((Severity::Warning, text));
            }
        }
        self.stats
            .last_words
            .extend(recorded.as_ref().map(recording_told));
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

async fn ended(lent: &mut Option<Outside>) -> Option<Msg> {
    match lent {
        Some(outside) => outside.ended().await,
        None => std::future::pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
