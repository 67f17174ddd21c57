//! The event loop: input, session, workers and time in; effects and frames out. It draws only when something changed:
//! after input immediately, for data at most sixty times a second, when idle never.

use super::input::input;
use super::memory::memory;
use super::outside::ExternalProgram;
use super::screen::Screen;
use super::start::{Interrupt, RunError, RunOptions, workbench};
use super::stats::{RunReport, Stats};
use super::workbench::Workbench;
use crate::workers::{Done, Workers};
use crossterm::event::{Event as Input, MouseEventKind};
use futures_util::{Stream, StreamExt};
use natsbridge_app::{Clipboard, Effect, InspectorMsg, Msg, TerminalEffect, recording_told};
use natsbridge_engine::{Command, Event, OutboxCommand, SendProgress, SendStage, Session, clock};
use natsbridge_wire::Severity;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until, timeout};

/// Input events taken in before a frame is drawn.
const INPUT_BATCH: usize = 256;
/// Worker results that may be queued.
const RESULTS: usize = 16;

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
    let clipboard = options.settings.clipboard;
    let begun = workbench(options, &session, limits);
    let mut looping = Loop {
        workbench: begun.workbench,
        workers,
        screen,
        session,
        stats: Stats::default(),
        clock,
        editor,
        clipboard,
        lent: None,
        started: now(),
        frame_interval,
        drawn: None,
        ticked: now(),
        store_changed: true,
        dirty: Dirty::Now,
        key_at: None,
        quit: false,
    };
    looping.effects(begun.effects)?;
    looping.go(input, interrupts, done).await?;
    looping.end().await;
    Ok(RunReport {
        memory: memory(&looping.workbench, &begun.without),
        ..looping.stats.report(&looping.workbench.state)
    })
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
    clipboard: Clipboard,
    /// Who has the terminal in the meantime.
    lent: Option<ExternalProgram>,
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
        // Read as they become ready, always by this task: a stream may wake the first task that polled it without success,
        // and polling it on the side (`now_or_never`) would leave the loop asleep at the next key.
        let mut input = input.ready_chunks(INPUT_BATCH);
        let (mut session_lives, mut interrupts_live) = (true, true);
        while !self.quit {
            let frame_at = self.frame_at();
            if frame_at.is_some_and(|at| at <= now()) {
                self.frame()?;
                continue;
            }
            let tick_at = self.workbench.state.next_tick().map(|wait| self.ticked + wait);
            tokio::select! {
                biased;
                events = input.next(), if self.lent.is_none() => match events {
                    None => self.quit = true,
                    Some(events) => {
                        let more = events.len() == INPUT_BATCH;
                        for event in events {
                            self.input(&event.map_err(RunError::Read)?)?;
                            if self.quit {
                                break;
                            }
                        }
                        // In a burst of keys, frames come no faster than for data.
                        if more && self.dirty == Dirty::Now {
                            self.dirty = Dirty::Soon;
                        }
                    }
                },
                interrupt = interrupts.recv(), if interrupts_live => match interrupt {
                    None => interrupts_live = false,
                    Some(Interrupt::Quit) => self.quit = true,
                    Some(Interrupt::Suspend) => self.terminal(TerminalEffect::Suspend)?,
                    Some(Interrupt::Resume) if self.lent.is_some() => {}
                    Some(Interrupt::Resume) => {
                        self.screen.resume()?;
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
            Dirty::Now => Some(now()),
            Dirty::Soon => Some(self.drawn.map_or_else(now, |at| at + self.frame_interval)),
        }
    }

    fn frame(&mut self) -> Result<(), RunError> {
        // The state is updated once per frame, however many events requested it.
        if std::mem::take(&mut self.store_changed) {
            self.workbench.state.now_us = (self.clock)();
            let effects = self.workbench.update(Msg::Engine(Event::Store));
            self.effects(effects)?;
        }
        let start = now();
        self.dirty = Dirty::No;
        let (workbench, mut effects) = (&mut self.workbench, vec![]);
        self.screen.draw(&mut |frame| effects = workbench.frame(frame))?;
        let end = now();
        self.drawn = Some(start);
        self.stats.frames.record(micros(end - start));
        self.stats.first_frame.get_or_insert(end - self.started);
        if let Some(at) = self.key_at.take() {
            self.stats.keys.record(micros(end - at));
        }
        // What views asked for may change what they show.
        if !effects.is_empty() {
            self.soon();
        }
        self.effects(effects)
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
        self.key_at.get_or_insert_with(now);
        self.workbench.state.now_us = (self.clock)();
        let effects = input(&mut self.workbench, event);
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
        self.ticked = now();
        self.message(Msg::Tick((self.clock)()))
    }

    fn done(&mut self, done: Done) -> Result<(), RunError> {
        let effects = match done {
            Done::Opened(opened) => self.workbench.show(*opened),
            Done::Fetched(url, result) => {
                self.workers.fetching.fetched(&url);
                return self.message(Msg::Inspector(InspectorMsg::Fetched(url, result)));
            }
            Done::Worked(worked) => self.workbench.worked(worked),
            Done::Sheet(sheet) => self.workbench.lay(sheet),
            Done::Told(message) => return self.message(message),
        };
        self.soon();
        self.effects(effects)
    }

    /// Has everything done that was asked for, by those who do it.
    fn effects(&mut self, effects: Vec<Effect>) -> Result<(), RunError> {
        for work in self.workbench.take_works() {
            self.workers.start(work);
        }
        for effect in effects {
            match effect {
                Effect::View(effect) => {
                    let effects = self.workbench.carry_out(effect);
                    self.effects(effects)?;
                }
                Effect::Work(work) => {
                    if let Some(command) = self.workers.take(work, &self.workbench.state) {
                        self.command(command)?;
                    }
                }
                Effect::Session(command) => {
                    self.command(command)?;
                    self.dirty = Dirty::Now;
                }
                Effect::Terminal(effect) => {
                    self.terminal(effect)?;
                    self.dirty = Dirty::Now;
                }
            }
        }
        Ok(())
    }

    fn terminal(&mut self, effect: TerminalEffect) -> Result<(), RunError> {
        match effect {
            TerminalEffect::Copy(text) => {
                if self.clipboard.asks_terminal() {
                    self.screen.copy(&text)?;
                }
                self.workers.copy(text, self.clipboard);
            }
            TerminalEffect::Mouse(on) => self.screen.mouse(on)?,
            TerminalEffect::Redraw => self.screen.clear()?,
            TerminalEffect::Suspend => {
                self.screen.suspend()?;
                self.screen.clear()?;
                self.key_at = None;
            }
            TerminalEffect::EditOutside(content, text, ending) => {
                self.lend(|this| ExternalProgram::edit(&this.editor, content, text, ending))?;
            }
            TerminalEffect::OpenInTerminal(shown, command) => {
                self.lend(|this| ExternalProgram::look(&command, &shown, this.workers.folder()))?;
            }
            TerminalEffect::Quit => self.quit = true,
        }
        Ok(())
    }

    /// Gives the terminal to another program; if it cannot be started, the reason is shown.
    fn lend(
        &mut self,
        start: impl FnOnce(&mut Self) -> Result<ExternalProgram, Box<Msg>>,
    ) -> Result<(), RunError> {
        self.screen.lend()?;
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
        self.screen.resume()?;
        self.dirty = Dirty::Now;
        told.map_or(Ok(()), |told| self.message(told))
    }

    fn command(&mut self, command: Command) -> Result<(), RunError> {
        let Err(refused) = self.session.commands.try_send(command) else {
            return Ok(());
        };
        let text = "The session is busy or has ended; try again shortly.".to_owned();
        self.message(match refused.into_inner() {
            // Nobody else would report that it was not sent.
            Command::Outbox(OutboxCommand::Send(job)) => Msg::Engine(Event::Job(SendProgress {
                stage: SendStage::Failed(text),
                over: true,
                ..SendProgress::new(&job)
            })),
            _ => Msg::Notice(Severity::Warning, text),
        })
    }

    fn soon(&mut self) {
        if self.dirty == Dirty::No {
            self.dirty = Dirty::Soon;
        }
    }

    /// Lets the session finish sending and flush, for a bounded time. Its last messages can no longer be shown on
    /// screen, so they go into the report.
    async fn end(&mut self) {
        self.workbench.state.works.cancel_all();
        let mut recorded = self.workbench.state.connection.recording.take();
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
                        // There is no screen left to show these on.
                        Event::Connection(_)
                        | Event::Subscriptions(_)
                        | Event::Streams(_)
                        | Event::Store
                        | Event::Job(_)
                        | Event::Responders(_) => {}
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
        let told = recorded.as_ref().map(recording_told);
        self.stats.last_words.extend(told);
    }
}

fn now() -> Instant {
    Instant::from_std(clock::instant())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

async fn ended(lent: &mut Option<ExternalProgram>) -> Option<Msg> {
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
