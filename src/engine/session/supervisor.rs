//! The session's main task: connects, subscribes, watches for problems, and reconnects after a loss.
//!
//! There is only one way to handle a lost connection, whatever the cause: it is closed and a new one is opened. The
//! client's own reconnecting is not used, because it does not survive messages it cannot parse.

use super::client::Ending;
use super::events::{Command, ConnectionCommand, Event, RecordingCommand, SubscriptionCommand};
use super::live::{Health, Link};
use super::outage::Outage;
use super::recorder::Recorder;
use super::reporter::StatusReporter;
use super::stream_task::StreamTask;
use super::subscriptions::Subscriptions;
use super::wakers::StoreNotifier;
use crate::bridge::SendOptions;
use crate::clock;
use crate::connect::{Backoff, ConnectOptions, ConnectionState, Denial, Failure, Signal};
use crate::connection::TrafficMark;
use crate::jobs::TimelineReporter;
use crate::outbox::{Outbox, OutboxNews};
use crate::store::Store;
use crate::subjects::has_idle_wildcard;
use futures_util::future::BoxFuture;
use natsbridge_wire::Severity;
use natsbridge_wire::Severity::{Error, Note, Warning};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Checks for silence, counts and losses per silence period.
const LOOKS: u32 = 6;
/// After this many refusals in a row we stop trying: more would only lock the account.
const REFUSALS: u32 = 3;
/// Time between tries that were refused.
const AFTER_REFUSAL: Duration = Duration::from_millis(250);
/// How long before the end of a connection the broker may have given the reason.
const LAST_COMPLAINT: Duration = Duration::from_secs(2);
/// Subscriptions sent to the broker at once, so that its complaints about them all fit the client's queue.
const SUBSCRIBE_AT_ONCE: usize = 50;

/// What is said while the task for streams cannot take more.
const STREAMS_BUSY: &str = "Too many stream requests at once; try again.";
/// What is said while the task that sends cannot take more.
const OUTBOX_BUSY: &str = "Too many send requests at once; nothing was sent. Try again.";

/// The session's task.
#[derive(Debug)]
pub(super) struct Supervisor {
    options: ConnectOptions,
    store: Store,
    commands: mpsc::Receiver<Command>,
    bulletin: StatusReporter,
    subscriptions: Subscriptions,
    backoff: Backoff,
    loss: Option<Outage>,
    losses: u64,
    /// The broker that sent what the client cannot parse: from then on messages are repaired on the way.
    mending: Option<String>,
    desk: Option<StreamTask>,
    outbox: Option<Outbox>,
    recorder: Recorder,
    own: TrafficMark,
}

/// What a command requires of the connection loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Connect,
    Quit,
}

impl Supervisor {
    /// A supervisor that has done nothing yet.
    pub(super) fn new(
        options: ConnectOptions,
        store: Store,
        recorder: Recorder,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<Event>,
    ) -> Self {
        Self {
            backoff: Backoff::new(&options.limits),
            options,
            store,
            recorder,
            commands,
            bulletin: StatusReporter::new(events),
            subscriptions: Subscriptions::default(),
            loss: None,
            losses: 0,
            mending: None,
            desk: None,
            outbox: None,
            own: TrafficMark::new(),
        }
    }

    /// Runs until told to quit or until nobody can send commands any more.
    pub(super) async fn run(mut self, subjects: Vec<String>, sending: SendOptions) {
        let limits = self.options.limits.clone();
        let (wake, woken) = StoreNotifier::start(
            self.store.clone(),
            self.bulletin.events.clone(),
            limits.frame_interval,
        );
        let desk = StreamTask::start(
            self.options.clone(),
            self.own.clone(),
            self.store.clone(),
            wake.clone(),
            self.bulletin.events.clone(),
        );
        self.desk = Some(desk);
        let to_wake = wake.clone();
        let events = self.bulletin.events.clone();
        let listener = Arc::new(move |news: OutboxNews| -> BoxFuture<'static, ()> {
            let events = events.clone();
            Box::pin(async move {
                events.send(news.into()).await.ok();
            })
        });
        self.outbox = Some(Outbox::start(
            self.options.clone(),
            sending,
            TimelineReporter::new(self.store.clone(), move || to_wake.changed()),
            listener,
        ));
        for pattern in subjects {
            self.subscribe(SubscriptionCommand::Add(pattern), None).await;
            self.list().await;
        }
        while let Some(link) = self.connect(&wake).await {
            if self.serve(link, &wake).await == Asked::Quit {
                break;
            }
        }
        self.put_down().await;
        self.tape_open_loss();
        self.recorder.finish(limits.tape_end_time).await;
        drop(wake);
        woken.finish(limits.flush_time).await;
        self.bulletin.events.send(Event::Store).await.ok();
        self.bulletin.events.send(Event::Ended).await.ok();
    }

    /// Ends the tasks beside it, starting with what is still to be sent while it can be observed.
    async fn put_down(&mut self) {
        let limits = &self.options.limits;
        if let Some(outbox) = self.outbox.take() {
            outbox.end(limits.quit_time).await;
        }
        if let Some(desk) = self.desk.take() {
            desk.end(limits.flush_time).await;
        }
    }

    /// Tries until it is connected; `None` on quit.
    async fn connect(&mut self, wake: &StoreNotifier) -> Option<Link> {
        let (mut tries, mut refusals, mut last_error) = (0, 0, None);
        let mut at_once = self.loss.as_ref().is_some_and(|loss| loss.number.is_none());
        loop {
            // Read anew each time: the user may have switched servers.
            let options = self.options.clone();
            let address = options.address();
            let lost = self.bulletin.shows_a_loss();
            if !lost || tries > 0 || at_once {
                let (address, last_error) = (address.clone(), last_error.clone());
                self.show(ConnectionState::Connecting {
                    address,
                    tries,
                    last_error,
                })
                .await;
            }
            let pause = match refusals {
                _ if at_once => Duration::ZERO,
                0 => self.backoff.pause(tries, self.loss.is_some()),
                _ => AFTER_REFUSAL,
            };
            let (store, wake, mending) = (self.store.clone(), wake.clone(), self.mending.clone());
            let own = self.own.clone();
            let opening = async {
                tokio::time::sleep(pause).await;
                Link::open(&options, mending.as_deref(), store, wake, own).await
            };
            let opened = match self.attend(Box::pin(opening)).await {
                Ok(opened) => opened,
                Err(Asked::Quit) => return None,
                Err(_) => {
                    (tries, refusals, last_error, at_once) = (0, 0, None, true);
                    continue;
                }
            };
            tries += 1;
            at_once = false;
            match opened {
                Ok(link) => return Some(link),
                Err(Failure { refused: true, error }) if refusals + 1 == REFUSALS => {
                    let cause = error.to_string();
                    self.show(ConnectionState::Refused { address, cause }).await;
                    if self.attend(std::future::pending::<()>()).await == Err(Asked::Quit) {
                        return None;
                    }
                    (tries, refusals, last_error, at_once) = (0, 0, None, true);
                }
                Err(Failure { refused, error }) => {
                    refusals = if refused { refusals + 1 } else { 0 };
                    last_error = Some(error.to_string());
                }
            }
        }
    }

    /// Obeys commands until `work` is done, or one requires something else.
    async fn attend<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Asked> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                command = self.commands.recv() => match self.obey(command, None).await {
                    Asked::Nothing => {}
                    asked => return Err(asked),
                },
            }
        }
    }

    /// Runs a connection until it is lost or given up.
    async fn serve(&mut self, mut link: Link, wake: &StoreNotifier) -> Asked {
        let look = self.options.limits.amber_after / LOOKS;
        // What is stored from here on came through this connection.
        let first = self.store.range().end;
        self.subscriptions.forgive();
        for some in self.subscriptions.active().chunks(SUBSCRIBE_AT_ONCE) {
            for subscription in some {
                link.subscribe(subscription.clone()).await;
            }
            // Connected means that the broker knows of the subscriptions: what is published from now on is seen.
            link.fence(look).await;
        }
        self.list().await;
        self.show(link.state()).await;
        if let Some(loss) = self.loss.take() {
            self.mark(&loss, first, &link).await;
            wake.changed();
        }
        let mut probing = tokio::time::interval(self.options.limits.probe_interval);
        let mut looking = tokio::time::interval(look);
        let mut complaint: Option<(String, Instant)> = None;
        let ending = loop {
            tokio::select! {
                command = self.commands.recv() => match self.obey(command, Some(&link)).await {
                    Asked::Nothing => {}
                    asked => {
                        if asked == Asked::Quit {
                            self.put_down().await;
                        }
                        self.leave(link).await;
                        return asked;
                    }
                },
                Some(signal) = link.signals.recv() => match signal {
                    Signal::Disconnected => break match complaint {
                        Some((text, at)) if at.elapsed() < LAST_COMPLAINT => {
                            Ending::of(format!("the broker closed the connection: {text}"))
                        }
                        _ => link.ending(),
                    },
                    Signal::Complaint(text) => {
                        self.tell(Warning, format!("Message from the broker: {text}"));
                        complaint = Some((text, clock::instant()));
                    }
                    Signal::Denied(denial) => self.denied(&denial, &mut link).await,
                    Signal::LameDuck => self.tell(Warning, "The broker is about to shut down.".into()),
                    // The ledger knows exactly how many; this signal may itself be lost.
                    Signal::SlowConsumer | Signal::Closed => {}
                },
                Some(pong) = link.pongs.recv() => {
                    link.pong(pong);
                    self.show(link.state()).await;
                }
                Some(text) = link.mended.recv() => self.tell(Warning, text),
                _ = probing.tick() => if !link.ping().await {
                    break link.stuck().await;
                },
                _ = looking.tick() => {
                    link.look();
                    if link.life() == Health::Dead {
                        let silence = self.options.limits.dead_after.as_secs_f32();
                        break Ending::of(format!("no response for {silence} s"));
                    }
                    self.show(link.state()).await;
                    self.list().await;
                    self.bulletin.tell_dropped(self.store.counters().dropped);
                },
                _ = &mut link.ingest => break link.ending(),
            }
        };
        self.lose(link, ending).await;
        Asked::Connect
    }

    /// Ends a working connection because another one was requested.
    async fn leave(&mut self, link: Link) {
        let (old, new) = (&link.server.address, self.options.address());
        let cause = if *old == new {
            "reconnected on request".to_owned()
        } else {
            format!("switched from {old} to {new}")
        };
        self.loss = Some(Outage {
            since: clock::now(),
            server_id: link.server_id.clone(),
            cause,
            number: None,
        });
        link.close(true).await;
    }

    async fn lose(&mut self, mut link: Link, Ending { cause, unreadable }: Ending) {
        let now = clock::now();
        // A silent broker may have lost what it was sent since.
        let since = match link.life() {
            Health::Dead => now.checked_sub(link.silence()).unwrap_or(now),
            Health::Answering | Health::Silent => now,
        };
        self.losses += 1;
        self.loss = Some(Outage {
            since,
            server_id: link.server_id.clone(),
            cause: cause.clone(),
            number: Some(self.losses),
        });
        let address = link.server.address.clone();
        if unreadable && self.options.servers.contains(&format!("nats://{address}")) {
            self.mending = Some(address.clone());
        }
        self.show(ConnectionState::Lost { address, cause }).await;
        if let Some(pause) = self.backoff.lost(link.opened.elapsed()) {
            self.tell(
                Warning,
                format!(
                    "The connection keeps being lost; waiting {} s. If a message on one of the subjects \
                 causes this, subscribe to less.",
                    pause.as_secs()
                ),
            );
        }
        link.close(false).await;
    }

    /// Marks that messages may be missing: in the message list and as a notice.
    async fn mark(&mut self, loss: &Outage, before: u64, link: &Link) {
        let now = clock::now();
        self.store.mark_gap(loss.gap(before, now));
        let text = loss.sentence(now, &link.server_id);
        self.bulletin.events.send(Event::Notice(Warning, text)).await.ok();
    }

    /// Marks on a tape that is about to end that the connection is lost now: it may come back too late for that.
    fn tape_open_loss(&self) {
        // A connection given up on purpose is not a loss.
        if let Some(loss) = self.loss.as_ref().filter(|loss| loss.number.is_some()) {
            let gap = loss.gap(self.store.range().end, clock::now());
            self.store.tap().gap(gap.from_us, gap.to_us, &gap.cause, 0);
        }
    }

    async fn obey(&mut self, command: Option<Command>, link: Option<&Link>) -> Asked {
        match command {
            None | Some(Command::Quit) => return Asked::Quit,
            Some(Command::Connection(ConnectionCommand::Reconnect)) => return Asked::Connect,
            Some(Command::Connection(ConnectionCommand::Switch(options))) => {
                let desk = self
                    .desk
                    .as_ref()
                    .is_some_and(|desk| desk.switch(options.clone()));
                self.unless_taken(desk, STREAMS_BUSY);
                let outbox = self.outbox.as_ref();
                let outbox = outbox.is_some_and(|outbox| outbox.switch(options.clone()));
                self.unless_taken(outbox, OUTBOX_BUSY);
                self.switch(*options);
                return Asked::Connect;
            }
            Some(Command::Streams(command)) => {
                let taken = self.desk.as_ref().is_some_and(|desk| desk.take(command));
                self.unless_taken(taken, STREAMS_BUSY);
            }
            Some(Command::Outbox(command)) => {
                let taken = self.outbox.as_ref().is_some_and(|outbox| outbox.take(command));
                self.unless_taken(taken, OUTBOX_BUSY);
            }
            Some(Command::Recording(command)) => {
                if command == RecordingCommand::Stop {
                    self.tape_open_loss();
                }
                let views = self.subscriptions.views();
                self.recorder.obey(command, &self.options, &views).await;
            }
            Some(Command::Subscriptions(command)) => self.subscribe(command, link).await,
        }
        self.list().await;
        Asked::Nothing
    }

    /// Adds, pauses or removes a subscription, on the broker too if there is a connection.
    async fn subscribe(&mut self, command: SubscriptionCommand, link: Option<&Link>) {
        match command {
            SubscriptionCommand::Add(pattern) => match self.subscriptions.add(&pattern) {
                Err(why) => self.tell(Warning, why.to_string()),
                Ok(subscription) => {
                    if has_idle_wildcard(&pattern) {
                        self.tell(
                            Warning,
                            format!(
                                "{pattern} is taken literally: NATS wildcards only count as whole tokens \
                             between dots."
                            ),
                        );
                    }
                    if let Some(link) = link {
                        link.subscribe(subscription).await;
                    }
                }
            },
            SubscriptionCommand::Pause(id, paused) => {
                if let (Some(subscription), Some(link)) = (self.subscriptions.pause(id, paused), link) {
                    if paused {
                        link.unsubscribe(id).await;
                    } else {
                        link.subscribe(subscription).await;
                    }
                }
            }
            SubscriptionCommand::Remove(id) => {
                if let (true, Some(link)) = (self.subscriptions.remove(id), link) {
                    link.unsubscribe(id).await;
                }
            }
        }
    }

    /// Switches servers. Subscriptions and the store stay.
    fn switch(&mut self, options: ConnectOptions) {
        if let Some(loss) = &mut self.loss {
            loss.cause = format!("{}, then switched to {}", loss.cause, options.address());
        }
        self.backoff = Backoff::new(&options.limits);
        self.mending = None;
        self.options = options;
    }

    /// Says that a task beside this one has too much to do to take another command.
    fn unless_taken(&self, taken: bool, busy: &str) {
        if !taken {
            self.tell(Warning, busy.to_owned());
        }
    }

    async fn denied(&mut self, denial: &Denial, link: &mut Link) {
        let Denial { publish, subject } = denial;
        if link.probes(subject) {
            // Subscribing and publishing are denied separately; one notice is enough.
            if link.give_up_probing() {
                self.tell(
                    Note,
                    format!("The round-trip time is not measured: the broker does not permit {subject}."),
                );
            }
        } else if *publish {
            self.tell(Error, format!("Not permitted to publish to {subject}."));
        } else {
            let why = format!("Not permitted to subscribe to {subject}.");
            self.subscriptions.deny(subject, &why);
            self.tell(Error, why);
            self.list().await;
        }
    }

    /// Tells a person something, unless the screen is so far behind that it would not be read anyway.
    fn tell(&self, severity: Severity, text: String) {
        self.bulletin.tell(severity, text);
    }

    async fn show(&mut self, state: ConnectionState) {
        if let Some(outbox) = &self.outbox {
            outbox.stands(matches!(state, ConnectionState::Connected { .. }));
        }
        self.bulletin.show(state).await;
    }

    async fn list(&mut self) {
        self.bulletin.list(self.subscriptions.views()).await;
    }
}
