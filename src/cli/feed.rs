//! Live messages for a verb: a session whose messages are taken in batches, with an exact count of those that were lost on the
//! way to the verb.

use crate::cli::exit::Failure;
use crate::cli::output;
use natsbridge_engine::{
    Batch, Command, ConnectOptions, ConnectionState, Event, SendOptions, Session, SessionOptions,
    StoredMessage, SubscriptionView, clock, counted,
};
use natsbridge_wire::Limits;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Messages taken at once.
const MESSAGES: usize = 512;
/// Bytes taken at once, unless a single message has more.
const BYTES: usize = 1 << 20;

/// How long losses are added up before they are told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Messages of some subjects, as they come.
pub struct Feed {
    session: Session,
    limits: Limits,
    address: String,
    /// The number of the first message, of the next to take, and of the first that is not wanted any more.
    start: u64,
    next: u64,
    until: u64,
    /// Messages that were evicted before they could be taken.
    lost: u64,
    /// How many of them were told of, and when last.
    told: u64,
    quiet_since: Instant,
    /// Whether messages may have come since the last were taken.
    news: bool,
}

impl Feed {
    /// Connects and subscribes.
    pub async fn open(connect: ConnectOptions, subjects: &[String]) -> Result<Self, Failure> {
        Self::open_in_group(connect, subjects, None).await
    }

    /// The same in a queue group.
    pub async fn open_in_group(
        connect: ConnectOptions,
        subjects: &[String],
        group: Option<&str>,
    ) -> Result<Self, Failure> {
        let limits = connect.limits.clone();
        let address = connect.servers.join(", ");
        let options = SessionOptions {
            connect,
            subjects: subjects.to_vec(),
            sending: SendOptions::default(),
            digest: false,
        };
        let session = Session::start_in_group(options, group);
        let start = session.store.range().start;
        let mut feed = Self {
            start,
            next: start,
            until: u64::MAX,
            session,
            limits,
            address,
            lost: 0,
            news: true,
            told: 0,
            quiet_since: clock::instant(),
        };
        // Opening a broker's whole list may take its time once per address.
        let patience = feed.limits.connect_time * 2;
        match timeout(patience, feed.connected()).await {
            Ok(connected) => connected?,
            Err(_) => return Err(feed.no_connection("no response")),
        }
        Ok(feed)
    }

    /// Where it is connected to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Takes the next messages; `None` if no new ones are there as far as is known.
    pub fn take(&mut self) -> Option<Vec<StoredMessage>> {
        // What was evicted may reach beyond what is wanted.
        let left = self.until.saturating_sub(self.next);
        if !self.news || left == 0 {
            return None;
        }
        let most = usize::try_from(left).map_or(MESSAGES, |left| left.min(MESSAGES));
        let Batch {
            messages,
            next,
            missed,
        } = self.session.store.messages(self.next, most, BYTES);
        self.news = next < self.session.store.range().end;
        self.lost += missed;
        self.next = next;
        self.session.store.release(next);
        if self.lost > self.told && self.quiet_since.elapsed() >= PATIENCE {
            self.tell_lost();
        }
        (!messages.is_empty()).then_some(messages)
    }

    /// Says how many messages were lost since that was said last.
    fn tell_lost(&mut self) {
        output::warning(&format!(
            "{} lost: they came faster than they could be taken.",
            counted(self.lost - self.told, "message")
        ));
        self.told = self.lost;
        self.quiet_since = clock::instant();
    }

    /// Waits until something happened: messages may have come. Fails if none can come any more.
    pub async fn wait(&mut self) -> Result<(), Failure> {
        let event = self.session.events.recv().await;
        self.news = true;
        self.heed(event)
    }

    /// Waits until the broker has accepted us, or says why not.
    async fn connected(&mut self) -> Result<(), Failure> {
        loop {
            match self.session.events.recv().await {
                Some(Event::Connection(ConnectionState::Connected { .. })) => return Ok(()),
                Some(Event::Connection(ConnectionState::Connecting {
                    last_error: Some(cause),
                    ..
                })) => return Err(self.no_connection(&cause)),
                event => self.heed(event)?,
            }
        }
    }

    fn heed(&self, event: Option<Event>) -> Result<(), Failure> {
        match event {
            Some(Event::Connection(ConnectionState::Refused { cause, .. })) => {
                Err(self.no_connection(&cause))
            }
            Some(Event::Connection(ConnectionState::Lost { cause, .. })) => {
                output::warning(&format!(
                    "Connection lost: {cause}. Messages sent in the meantime will be missing."
                ));
                Ok(())
            }
            Some(Event::Notice(severity, notice)) => {
                output::tell(severity, &notice);
                Ok(())
            }
            Some(Event::Subscriptions(subscriptions)) => permitted(&subscriptions),
            Some(Event::Ended) | None => Err(self.no_connection("the session ended")),
            Some(
                Event::Connection(_)
                | Event::Store
                | Event::Streams(_)
                | Event::Job(_)
                | Event::Recording(_)
                | Event::Responders(_),
            ) => Ok(()),
        }
    }

    fn no_connection(&self, cause: &str) -> Failure {
        Failure::unreachable(&self.address, cause)
    }

    /// From now on only what has come already is taken.
    pub fn stop(&mut self) {
        self.until = self.until.min(self.session.store.range().end);
        self.news = true;
    }

    /// Closes the connection properly; whatever does not finish in time is cut off. Gives how many messages were lost before
    /// they could be taken, of how many that were wanted.
    pub async fn end(mut self) -> (u64, u64) {
        self.stop();
        if self.session.commands.send(Command::Quit).await.is_ok() {
            let ended =
                async { while !matches!(self.session.events.recv().await, Some(Event::Ended) | None) {} };
            // Running out of time is an end, too.
            let _ = timeout(self.limits.flush_time, ended).await;
        }
        if self.lost > self.told {
            self.tell_lost();
        }
        let lost = self.lost + self.until.saturating_sub(self.next);
        (lost, self.until.max(self.next) - self.start)
    }

    /// All that is wanted was taken: what comes after that is not missed.
    pub fn satisfy(&mut self) {
        self.until = self.next;
    }
}

fn permitted(subscriptions: &[SubscriptionView]) -> Result<(), Failure> {
    match subscriptions.iter().find(|one| one.denied.is_some()) {
        Some(one) => Err(Failure::no_connection(format!(
            "The broker does not permit subscribing to {}: ask for permission or use other credentials.",
            one.pattern
        ))),
        None => Ok(()),
    }
}
