//! The session's main task: connects, subscribes, watches for problems, and reconnects after a loss.
//!
//! There is only one way to handle a lost connection, whatever the cause: it is closed and a new one is opened.

use super::events::{Command, ConnectionCommand, Event, RecordingCommand};
use super::live::{Health, Link};
use super::options::SessionOptions;
use super::outage::{Outage, Standstill};
use super::receiver::{Ending, Signal};
use super::recorder::Recorder;
use super::reporter::StatusReporter;
use super::side_task::Order;
use super::side_tasks::{Busy, SideTasks};
use super::subscriptions::{Change, Subscription, SubscriptionCommand, Subscriptions};
use super::tries::Tries;
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::{Backoff, ConnectOptions, ConnectionState, Denial};
use crate::connection::TrafficMark;
use crate::store::Store;
use crate::subjects::has_idle_wildcard;
use crate::wording::{counted, grouped};
use natsbridge_wire::Severity::{Error, Note, Warning};
use natsbridge_wire::UNREADABLE_HEADER;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};

/// Checks for silence, counts and losses per silence period.
const LOOKS: u32 = 6;
/// Least time between two signals that messages came, where nothing else is done with them: one is told at once, many together.
const FEED_INTERVAL: Duration = Duration::from_millis(1);
/// How long before the end of a connection the broker may have given the reason.
const LAST_COMPLAINT: Duration = Duration::from_secs(2);
/// Subscriptions sent to the broker at once, so that its complaints about them all fit the client's queue.
const SUBSCRIBE_AT_ONCE: usize = 50;

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
    tasks: SideTasks,
    pub(super) recorder: Recorder,
    own: TrafficMark,
}

/// What a command requires of the connection loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Connect,
    Quit,
}

impl Supervisor {
    /// A supervisor that has done nothing yet.
    pub(super) fn new(
        options: ConnectOptions,
        store: Store,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<Event>,
        group: Option<&str>,
    ) -> Self {
        Self {
            backoff: Backoff::new(&options.limits),
            options,
            recorder: Recorder::new(store.tap().clone(), events.clone()),
            store,
            commands,
            bulletin: StatusReporter::new(events),
            subscriptions: Subscriptions::in_group(group),
            loss: None,
            losses: 0,
            tasks: SideTasks::default(),
            own: TrafficMark::new(),
        }
    }

    /// Runs until told to quit or until nobody can send commands any more.
    pub(super) async fn run(mut self, options: SessionOptions) {
        let limits = self.options.limits.clone();
        let events = self.bulletin.events.clone();
        let (wake, woken) = if options.digest {
            StoreNotifier::start(self.store.clone(), events, limits.frame_interval)
        } else {
            StoreNotifier::start_feed(events, FEED_INTERVAL)
        };
        let SessionOptions {
            subjects, sending, ..
        } = options;
        self.tasks = SideTasks::start(
            &self.options,
            sending,
            self.own.clone(),
            (&self.store, &wake),
            &self.bulletin.events,
        );
        for pattern in subjects {
            self.subscribe(SubscriptionCommand::Add(pattern), None).await;
            self.list().await;
        }
        while let Some(link) = self.connect(&wake).await {
            if self.serve(link, &wake).await == Asked::Quit {
                break;
            }
        }
        self.tasks.end(&limits).await;
        self.tape_open_loss();
        self.recorder.finish(limits.tape_end_time).await;
        drop(wake);
        woken.finish(limits.flush_time).await;
        self.bulletin.events.send(Event::Store).await.ok();
        self.bulletin.events.send(Event::Ended).await.ok();
    }

    /// Tries until it is connected; `None` on quit.
    async fn connect(&mut self, wake: &StoreNotifier) -> Option<Link> {
        let mut tries = Tries::new(self.loss.as_ref().is_some_and(|loss| loss.number.is_none()));
        loop {
            // Read anew each time: the user may have switched servers.
            let options = self.options.clone();
            let address = options.address();
            if !self.bulletin.shows_a_loss() || tries.count > 0 || tries.at_once {
                let state = ConnectionState::Connecting {
                    address: address.clone(),
                    tries: tries.count,
                    last_error: tries.last_error.clone(),
                };
                self.show(state).await;
            }
            let pause = tries.pause(&self.backoff, self.loss.is_some());
            let (store, wake, own) = (self.store.clone(), wake.clone(), self.own.clone());
            let opening = async {
                tokio::time::sleep(pause).await;
                Link::open(&options, store, wake, own).await
            };
            let asked = match self.attend(Box::pin(opening)).await {
                Ok(Ok(link)) => return Some(link),
                Ok(Err(error)) => match tries.failed(&error) {
                    None => continue,
                    Some(cause) => {
                        self.show(ConnectionState::Refused { address, cause }).await;
                        self.attend(std::future::pending::<()>()).await
                    }
                },
                Err(asked) => Err(asked),
            };
            if asked == Err(Asked::Quit) {
                return None;
            }
            tries = Tries::new(true);
        }
    }

    /// Obeys commands until `work` is done, or one requires something else.
    async fn attend<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Asked> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                command = self.commands.recv() => if let Some(asked) = self.obey(command, None).await {
                    return Err(asked);
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
            let now = clock::now();
            self.store.mark_gap(loss.gap(first, now));
            let text = loss.sentence(now, &link.server_id);
            self.bulletin.events.send(Event::Notice(Warning, text)).await.ok();
            wake.changed();
        }
        let mut probing = interval(self.options.limits.probe_interval);
        let mut looking = interval(look);
        let mut still = Standstill::new(look, clock::steady_us());
        let mut complaint = None;
        let (cause, whole) = loop {
            tokio::select! {
                command = self.commands.recv() => if let Some(asked) = self.obey(command, Some(&link)).await {
                    if asked == Asked::Quit {
                        self.tasks.end(&self.options.limits).await;
                    }
                    self.leave(link).await;
                    return asked;
                },
                signal = link.signals.recv() => match signal {
                    Some(Signal::Ended(ending, whole)) => break (ended(&ending, complaint), Some(whole)),
                    Some(signal) => self.heed(signal, &mut link, &mut complaint).await,
                    None => break ("the receiver stopped".to_owned(), None),
                },
                _ = probing.tick() => link.ping(),
                _ = looking.tick() => {
                    // Who was stopped heard nothing meanwhile, and that says nothing of the broker.
                    if still.look(clock::steady_us()).is_some_and(|stood| stood > self.options.limits.dead_after) {
                        link.excuse_silence();
                    }
                    if link.life() == Health::Dead {
                        let silence = self.options.limits.dead_after.as_secs_f32();
                        break (format!("no response for {silence} s"), None);
                    }
                    self.show(link.state()).await;
                    self.list().await;
                },
            }
        };
        still.look(clock::steady_us());
        self.lose(link, cause, whole, &still).await;
        Asked::Connect
    }

    /// Heeds what the receiver tells of a connection that goes on; a complaint is kept with its time.
    async fn heed(&mut self, signal: Signal, link: &mut Link, complaint: &mut Option<(String, Instant)>) {
        match signal {
            Signal::Complaint(text) => {
                self.bulletin
                    .tell(Warning, format!("Message from the broker: {text}"));
                *complaint = Some((text, clock::instant()));
            }
            Signal::Denied(denial) => self.denied(&denial).await,
            Signal::LameDuck => {
                self.bulletin
                    .tell(Warning, "The broker is about to shut down.".into());
            }
            Signal::MaxPayload(most) if link.server.max_payload != most => {
                link.server.max_payload = most;
                self.tasks.takes_others();
                let text = format!(
                    "From now on the broker takes messages of up to {} bytes.",
                    grouped(most)
                );
                self.bulletin.tell(Note, text);
                self.show(link.state()).await;
            }
            Signal::Unreadable(subject) => {
                let text = format!(
                    "A message on {subject} cannot be parsed by NATS clients. It is shown with the unreadable \
                     parts escaped, in headers named {UNREADABLE_HEADER}."
                );
                self.bulletin.tell(Warning, text);
            }
            Signal::MoreUnreadable(more) => {
                let text = format!(
                    "{} more cannot be parsed by NATS clients.",
                    counted(more, "message")
                );
                self.bulletin.tell(Warning, text);
            }
            Signal::ClockSet(by_us) => {
                let by = Duration::from_micros(by_us.unsigned_abs()).as_secs_f64();
                let way = if by_us > 0 { "forward" } else { "back" };
                let text = format!(
                    "The clock of this machine was set {way} by {by:.1} s: times of arrival follow it from here on."
                );
                self.bulletin.tell(Warning, text);
            }
            Signal::RoundTrip(rtt) => {
                link.measured(rtt);
                self.show(link.state()).await;
            }
            Signal::MaxPayload(_) | Signal::Ended(..) => {}
        }
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

    /// Notes a lost connection; what the broker sent is known to be `whole` up to that time.
    async fn lose(&mut self, mut link: Link, cause: String, whole: Option<Instant>, still: &Standstill) {
        let now = clock::now();
        let steady_us = clock::steady_us();
        let ago = |whole: Instant| i64::try_from(whole.elapsed().as_micros()).unwrap_or(i64::MAX);
        let whole_us = whole.map_or(i64::MIN, |whole| steady_us - ago(whole));
        let stood = still.since(whole_us);
        let stood = stood.map(|from| Duration::from_micros((steady_us - from).unsigned_abs()));
        // A broker that answered nothing for longer than it is left unasked was read too slowly, and may have gone long ago.
        let usual = self.options.limits.probe_interval * 3 / 2;
        let behind = whole
            .map(|whole| whole.elapsed())
            .filter(|behind| *behind > usual);
        let since = match (link.life(), behind) {
            (_, Some(behind)) => behind,
            // A silent broker may have lost what it was sent since.
            (Health::Dead, None) => link.silence(),
            (Health::Answering | Health::Silent, None) => Duration::ZERO,
        };
        let since = now
            .checked_sub(since.max(stood.unwrap_or_default()))
            .unwrap_or(now);
        self.losses += 1;
        self.loss = Some(Outage {
            since,
            server_id: link.server_id.clone(),
            cause: cause.clone(),
            number: Some(self.losses),
        });
        let address = link.server.address.clone();
        self.show(ConnectionState::Lost { address, cause }).await;
        if let Some(pause) = self.backoff.lost(link.opened.elapsed()) {
            let text = format!(
                "The connection keeps being lost; waiting {} s. If a message on one of the subjects causes \
                 this, subscribe to less.",
                pause.as_secs()
            );
            self.bulletin.tell(Warning, text);
        }
        link.close(false).await;
    }

    /// Marks on a tape that is about to end that the connection is lost now: it may come back too late for that.
    fn tape_open_loss(&self) {
        // A connection given up on purpose is not a loss.
        if let Some(loss) = self.loss.as_ref().filter(|loss| loss.number.is_some()) {
            let gap = loss.gap(self.store.range().end, clock::now());
            self.store.tap().record(|intake| intake.gap(gap, 0));
        }
    }

    async fn obey(&mut self, command: Option<Command>, link: Option<&Link>) -> Option<Asked> {
        match command {
            None | Some(Command::Quit) => return Some(Asked::Quit),
            Some(Command::Connection(ConnectionCommand::Reconnect)) => return Some(Asked::Connect),
            Some(Command::Connection(ConnectionCommand::Switch(options))) => {
                self.busy(self.tasks.streams(Order::Switch(options.clone())));
                self.busy(self.tasks.outbox(Order::Switch(options.clone())));
                // Subscriptions and the store stay.
                if let Some(loss) = &mut self.loss {
                    loss.cause = format!("{}, then switched to {}", loss.cause, options.address());
                }
                self.backoff = Backoff::new(&options.limits);
                self.options = *options;
                return Some(Asked::Connect);
            }
            Some(Command::Streams(command)) => self.busy(self.tasks.streams(Order::Do(command))),
            Some(Command::Outbox(command)) => self.busy(self.tasks.outbox(Order::Do(command))),
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
        None
    }

    /// Adds, pauses or removes a subscription, on the broker too if there is a connection.
    async fn subscribe(&mut self, command: SubscriptionCommand, link: Option<&Link>) {
        let change = match self.subscriptions.obey(command) {
            Ok(change) => change,
            Err(why) => return self.bulletin.tell(Warning, why.to_string()),
        };
        if let Change::Added(Subscription { view, .. }) = &change
            && has_idle_wildcard(&view.pattern)
        {
            let text = format!(
                "{} is taken literally: NATS wildcards only count as whole tokens between dots.",
                view.pattern
            );
            self.bulletin.tell(Warning, text);
        }
        match (change, link) {
            (Change::Added(subscription) | Change::Resumed(subscription), Some(link)) => {
                link.subscribe(subscription).await;
            }
            (Change::Ended(id), Some(link)) => link.unsubscribe(id).await,
            (_, None) | (Change::None, _) => {}
        }
    }

    /// Says so if a task beside this one cannot take an order.
    fn busy(&self, given: Result<(), Busy>) {
        if let Err(busy) = given {
            self.bulletin.tell(Warning, busy.to_owned());
        }
    }

    async fn denied(&mut self, Denial { publish, subject }: &Denial) {
        if *publish {
            self.bulletin
                .tell(Error, format!("Not permitted to publish to {subject}."));
        } else {
            let why = format!("Not permitted to subscribe to {subject}.");
            self.subscriptions.deny(subject, &why);
            self.bulletin.tell(Error, why);
            self.list().await;
        }
    }

    async fn show(&mut self, state: ConnectionState) {
        self.tasks
            .stands(matches!(state, ConnectionState::Connected { .. }));
        self.bulletin.show(state).await;
    }

    async fn list(&mut self) {
        self.bulletin.list(self.subscriptions.views()).await;
    }
}

/// Why a connection ended: the broker may have said so itself just before.
fn ended(ending: &Ending, complaint: Option<(String, Instant)>) -> String {
    match complaint {
        Some((text, at)) if at.elapsed() < LAST_COMPLAINT => {
            format!("the broker closed the connection: {text}")
        }
        _ => ending.to_string(),
    }
}

/// Ticks that are not made up for after a while in which nothing ran.
fn interval(every: Duration) -> Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
