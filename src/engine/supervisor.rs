//! The session's one task: connects, subscribes, listens for trouble, and rebuilds the connection when it is lost.
//!
//! There is one way to lose a connection, whatever the cause: it is closed and a new one is opened. The client's own
//! reconnecting is not used, because it does not survive messages that it cannot read.

use super::backoff::Backoff;
use super::client::{Denial, Failure, Signal};
use super::desk::Desk;
use super::events::{Command, Event};
use super::link::{Life, Link};
use super::options::ConnectOptions;
use super::pattern::has_idle_wildcard;
use super::state::ConnectionState;
use super::store::Store;
use super::subscription::Subscriptions;
use super::wake::Wake;
use jiff::Timestamp;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How often silence, counts and losses are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Least time between two notices about dropped messages.
const DROP_NOTICE: Duration = Duration::from_secs(5);
/// Refusals in a row after which we stop trying: more would only lock the account.
const REFUSALS: u32 = 3;
/// Time between tries that were refused.
const AFTER_REFUSAL: Duration = Duration::from_millis(250);
/// Subscriptions sent to the broker at once, so that its complaints about them all fit the client's queue.
const SUBSCRIBE_AT_ONCE: usize = 50;

/// The session's task.
#[derive(Debug)]
pub(super) struct Supervisor {
    options: ConnectOptions,
    store: Store,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
    subscriptions: Subscriptions,
    backoff: Backoff,
    gap: Option<Gap>,
    shown: Option<Event>,
    listed: Option<Event>,
    dropped_told: (u64, Option<Instant>),
    desk: Option<Desk>,
}

/// When and why the last connection was lost.
#[derive(Debug)]
struct Gap {
    since: Timestamp,
    server_id: String,
    cause: String,
}

/// What a command asks of whoever runs the connection.
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
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<Event>,
    ) -> Self {
        Self {
            backoff: Backoff::new(&options.limits),
            options,
            store,
            commands,
            events,
            subscriptions: Subscriptions::default(),
            gap: None,
            shown: None,
            listed: None,
            dropped_told: (0, None),
            desk: None,
        }
    }

    /// Runs until it is told to quit or nobody can tell it anything any more.
    pub(super) async fn run(mut self, subjects: Vec<String>) {
        let limits = self.options.limits.clone();
        let (wake, woken) = Wake::start(self.store.clone(), self.events.clone(), limits.frame_interval);
        let desk = Desk::start(
            self.options.clone(),
            self.store.clone(),
            wake.clone(),
            self.events.clone(),
        );
        self.desk = Some(desk);
        for pattern in subjects {
            self.obey(Some(Command::Subscribe(pattern)), None).await;
        }
        while let Some(link) = self.connect(&wake).await {
            if self.serve(link).await == Asked::Quit {
                break;
            }
        }
        if let Some(desk) = self.desk.take() {
            desk.end(limits.flush_time).await;
        }
        drop(wake);
        woken.finish(limits.flush_time).await;
        self.events.send(Event::Store).await.ok();
        self.events.send(Event::Ended).await.ok();
    }

    /// Tries until it is connected; `None` on quit.
    async fn connect(&mut self, wake: &Wake) -> Option<Link> {
        let options = self.options.clone();
        let (mut tries, mut refusals, mut last_error) = (0, 0, None);
        loop {
            let address = options.address();
            if self.gap.is_none() || tries > 0 {
                let last_error = last_error.clone();
                self.show(ConnectionState::Connecting {
                    address: address.clone(),
                    tries,
                    last_error,
                })
                .await;
            }
            let pause = match refusals {
                0 => self.backoff.pause(tries, self.gap.is_some()),
                _ => AFTER_REFUSAL,
            };
            let asked = self.attend(tokio::time::sleep(pause)).await;
            if asked == Err(Asked::Quit) {
                return None;
            }
            let opened = loop {
                match self
                    .attend(Link::open(&options, self.store.clone(), wake.clone()))
                    .await
                {
                    Ok(opened) => break opened,
                    Err(Asked::Quit) => return None,
                    Err(_) => {}
                }
            };
            tries += 1;
            match opened {
                Ok(link) => return Some(link),
                Err(Failure { refused: true, error }) if refusals + 1 == REFUSALS => {
                    self.show(ConnectionState::Refused {
                        address,
                        cause: error.to_string(),
                    })
                    .await;
                    if self.attend(std::future::pending::<()>()).await == Err(Asked::Quit) {
                        return None;
                    }
                    (tries, refusals, last_error) = (0, 0, None);
                }
                Err(Failure { refused, error }) => {
                    refusals = if refused { refusals + 1 } else { 0 };
                    last_error = Some(error.to_string());
                }
            }
        }
    }

    /// Obeys commands until `work` is done, or one asks for something else.
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

    /// Lives with a connection until it is lost or given up.
    async fn serve(&mut self, mut link: Link) -> Asked {
        self.subscriptions.forgive();
        for some in self.subscriptions.active().chunks(SUBSCRIBE_AT_ONCE) {
            for subscription in some {
                link.subscribe(subscription.clone()).await;
            }
            // Connected means that the broker knows of the subscriptions: what is published from now on is seen.
            link.fence(LOOK).await;
        }
        self.list().await;
        self.show(link.state()).await;
        self.tell_gap(&link).await;
        let mut probing = tokio::time::interval(self.options.limits.probe_interval);
        let mut looking = tokio::time::interval(LOOK);
        let mut complaint = None;
        let cause = loop {
            tokio::select! {
                command = self.commands.recv() => match self.obey(command, Some(&link)).await {
                    Asked::Nothing => {}
                    asked => {
                        link.close(true).await;
                        return asked;
                    }
                },
                Some(signal) = link.signals.recv() => match signal {
                    Signal::Disconnected => break complaint.map_or_else(
                        || "the connection was closed".to_owned(),
                        |text| format!("the broker closed the connection: {text}"),
                    ),
                    Signal::Complaint(text) => {
                        self.tell(format!("The broker says: {text}"));
                        complaint = Some(text);
                    }
                    Signal::Denied(denial) => self.denied(&denial, &mut link).await,
                    Signal::LameDuck => self.tell("The broker is about to shut down.".into()),
                    // The ledger knows exactly how many; this signal may itself be lost.
                    Signal::SlowConsumer => {}
                },
                Some(pong) = link.pongs.recv() => {
                    link.pong(pong);
                    self.show(link.state()).await;
                }
                _ = probing.tick() => if !link.ping().await {
                    break "the client takes no commands any more".into();
                },
                _ = looking.tick() => {
                    link.look();
                    if link.life() == Life::Dead {
                        let silence = self.options.limits.dead_after.as_secs();
                        break format!("no answer for {silence} s");
                    }
                    self.show(link.state()).await;
                    self.list().await;
                    self.tell_dropped();
                },
                _ = &mut link.ingest => break
                    "the client stopped, as it does on a message it cannot read (a malformed header or subject)".into(),
            }
        };
        self.lose(link, cause).await;
        Asked::Connect
    }

    async fn lose(&mut self, mut link: Link, cause: String) {
        let now = Timestamp::now();
        // A broker that fell silent may have lost what it was sent since.
        let since = match link.life() {
            Life::Dead => now.checked_sub(link.silence()).unwrap_or(now),
            Life::Answering | Life::Silent => now,
        };
        let address = link.server.address.clone();
        self.show(ConnectionState::Lost {
            address,
            cause: cause.clone(),
        })
        .await;
        if let Some(pause) = self.backoff.lost(link.opened.elapsed()) {
            self.tell(format!(
                "The connection is lost again and again; waiting {} s. If a message on one of the subjects is to blame, subscribe to less.",
                pause.as_secs()
            ));
        }
        self.gap = Some(Gap {
            since,
            server_id: link.server_id.clone(),
            cause,
        });
        link.close(false).await;
    }

    async fn obey(&mut self, command: Option<Command>, link: Option<&Link>) -> Asked {
        match command {
            None | Some(Command::Quit) => return Asked::Quit,
            Some(Command::Reconnect) => return Asked::Connect,
            Some(Command::Switch(options)) => {
                self.options = (*options).clone();
                self.for_desk(Command::Switch(options));
                return Asked::Connect;
            }
            Some(
                command @ (Command::ListStreams
                | Command::LoadHistory(_)
                | Command::FollowStream(_)
                | Command::StopStream(_)),
            ) => self.for_desk(command),
            Some(Command::Subscribe(pattern)) => match self.subscriptions.add(&pattern) {
                Err(why) => self.tell(why),
                Ok(subscription) => {
                    if has_idle_wildcard(&pattern) {
                        self.tell(format!(
                            "{pattern} is taken literally: NATS wildcards count only as whole tokens between dots."
                        ));
                    }
                    if let Some(link) = link {
                        link.subscribe(subscription).await;
                    }
                }
            },
            Some(Command::Pause(id, paused)) => {
                if let (Some(subscription), Some(link)) = (self.subscriptions.pause(id, paused), link) {
                    if paused {
                        link.unsubscribe(id).await;
                    } else {
                        link.subscribe(subscription).await;
                    }
                }
            }
            Some(Command::Remove(id)) => {
                if let (true, Some(link)) = (self.subscriptions.remove(id), link) {
                    link.unsubscribe(id).await;
                }
            }
        }
        self.list().await;
        Asked::Nothing
    }

    /// Hands a command over to the task that reads streams.
    fn for_desk(&self, command: Command) {
        if !self.desk.as_ref().is_some_and(|desk| desk.take(command)) {
            self.tell("Too many streams are asked for at once; try again.".into());
        }
    }

    async fn denied(&mut self, denial: &Denial, link: &mut Link) {
        let Denial { publish, subject } = denial;
        if link.probes(subject) {
            // Subscribing and publishing are denied apart; one notice is enough.
            if link.give_up_probing() {
                self.tell(format!(
                    "The round trip is not measured: the broker does not permit {subject}."
                ));
            }
        } else if *publish {
            self.tell(format!("Not permitted to publish to {subject}."));
        } else {
            let why = format!("Not permitted to subscribe to {subject}.");
            self.subscriptions.deny(subject, &why);
            self.tell(why);
            self.list().await;
        }
    }

    async fn tell_gap(&mut self, link: &Link) {
        let Some(Gap {
            since,
            server_id,
            cause,
        }) = self.gap.take()
        else {
            return;
        };
        let same = if server_id == link.server_id {
            " The broker did not restart meanwhile."
        } else {
            ""
        };
        let (from, to) = (since.strftime("%H:%M:%S%.3f"), Timestamp::now());
        let to = to.strftime("%H:%M:%S%.3f");
        let text =
            format!("Connected again; messages from {from} to {to} UTC may be missing ({cause}).{same}");
        self.events.send(Event::Notice(text)).await.ok();
    }

    fn tell_dropped(&mut self) {
        let dropped = self.store.counters().dropped;
        let (told, at) = self.dropped_told;
        if dropped > told && at.is_none_or(|at| at.elapsed() >= DROP_NOTICE) {
            self.dropped_told = (dropped, Some(Instant::now()));
            self.tell(format!(
                "{} messages were dropped, {dropped} in all: more came than could be taken in. Subscribe to less.",
                dropped - told
            ));
        }
    }

    /// Tells a person something, unless the screen is so far behind that it would not be read anyway.
    fn tell(&self, text: String) {
        self.events.try_send(Event::Notice(text)).ok();
    }

    /// Shows the state, if it changed.
    async fn show(&mut self, state: ConnectionState) {
        let event = Some(Event::Connection(state));
        if self.shown != event {
            self.shown.clone_from(&event);
            self.send(event).await;
        }
    }

    /// Shows the subscriptions, if they changed.
    async fn list(&mut self) {
        let event = Some(Event::Subscriptions(self.subscriptions.views()));
        if self.listed != event {
            self.listed.clone_from(&event);
            self.send(event).await;
        }
    }

    async fn send(&self, event: Option<Event>) {
        if let Some(event) = event {
            self.events.send(event).await.ok();
        }
    }
}
