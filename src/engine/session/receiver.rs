//! The receiver of one connection: reads the broker's frames where they lie in the socket's buffer and copies the messages
//! into the store. It keeps no queue, so that nothing is dropped here, and no message can end it: what cannot be read of
//! one is kept escaped. It has a thread of its own, because on the runtime's workers it would wait for its turn.
//!
//! A message that matches several subscriptions arrives once through each. It is stored from the first one (in the
//! order they were added) and recognised as a copy from the others.

use super::subscriptions::{Subscription, SubscriptionId};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::{Denial, Info, Socket, Stream, denial};
use crate::connection::{TrafficMark, is_probe};
use crate::message::{ArrivalClock, Headers, Incoming};
use crate::protocol::{Delivery, Frame, FrameError, Odd, Start, lines, read};
use crate::store::Store;
use crate::subjects::subject_matches;
use bytes::{Buf, BytesMut};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Bytes that there is room for when the socket is read.
const READ: usize = 256 << 10;
/// Room that is kept from one reading to the next.
const LARGE: usize = 4 << 20;
/// The answer to a question of the broker.
const PONG: &[u8] = b"PONG\r\n";
/// Bytes that may wait to be written before a question is answered by an answer that waits already.
const ANSWERS: usize = 64 << 10;
/// Messages that clients cannot read that are told one by one within a while; the others are counted.
const ONE_BY_ONE: u64 = 5;
/// That while.
const REST: Duration = Duration::from_secs(1);

/// How long what is still to be written may take once nobody gives orders any more.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is asked of the receiver.
#[derive(Debug)]
pub(super) enum Order {
    /// Messages of this one are wanted.
    Subscribe(Subscription),
    /// They are no longer; told once what came before is stored and nothing more can come.
    Unsubscribe(SubscriptionId, oneshot::Sender<()>),
    /// A round trip is to be measured.
    Ping,
    /// Told once the broker has seen all that was asked of it so far.
    Fence(oneshot::Sender<()>),
}

/// What the receiver tells besides messages.
#[derive(Debug)]
pub(super) enum Signal {
    /// A round trip took so long.
    RoundTrip(Duration),
    /// A permission is missing.
    Denied(Denial),
    /// The broker is about to shut down.
    LameDuck,
    /// The clock of this machine was set by so many microseconds.
    ClockSet(i64),
    /// The largest message that the broker takes from now on.
    MaxPayload(usize),
    /// Anything else the broker complained about.
    Complaint(String),
    /// A message on this subject cannot be read by clients.
    Unreadable(String),
    /// So many more of them came.
    MoreUnreadable(u64),
    /// The connection has ended; what the broker sent is known to be whole up to that time.
    Ended(Ending, Instant),
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ending {
    /// There is nothing more to read.
    #[error("the broker closed the connection")]
    Closed,
    /// There is nothing more to read, and what was read last is not whole.
    #[error("the broker closed the connection in the middle of a message")]
    Cut,
    /// It can no longer be read or written.
    #[error("the connection was interrupted: {0}")]
    Interrupted(io::Error),
    /// It only asks and complains.
    #[error("the broker sent more than {} MiB without a message", .0 >> 20)]
    Babble(usize),
    /// What came is no frame.
    #[error("the broker broke the NATS protocol: {0}")]
    Unreadable(#[from] FrameError),
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Interrupted(error),
        }
    }
}

/// What the receiver is made of.
pub(super) struct Receiver {
    pub(super) store: Store,
    pub(super) wake: StoreNotifier,
    /// Traffic that is left out: it is neither received nor lost.
    pub(super) own: TrafficMark,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) signals: mpsc::Sender<Signal>,
    /// Frames that came: each is a sign of life.
    pub(super) frames: Arc<AtomicU64>,
    /// The largest message that is accepted, headers counted.
    pub(super) most: usize,
}

/// A question to the broker that it has not answered.
enum Question {
    RoundTrip(Instant),
    Fence(oneshot::Sender<()>),
    Removed(SubscriptionId, oneshot::Sender<()>),
}

/// The state of one connection.
struct Reading {
    receiver: Receiver,
    routes: Vec<Subscription>,
    asked: VecDeque<Question>,
    out: BytesMut,
    /// Bytes that came since the last message.
    idle: usize,
    clock: ArrivalClock,
    /// The time of arrival of what is being read.
    at_us: i64,
    /// Messages that clients cannot read: since when they are counted, and how many came.
    unreadable: (Instant, u64),
    /// Everything that the broker had sent by then has been read: it answered a question that was asked at that time.
    whole: Instant,
}

impl Receiver {
    /// Runs until the connection ends or nobody can give orders any more.
    pub(super) async fn run(self, socket: Socket) {
        let signals = self.signals.clone();
        let mut reading = Reading {
            receiver: self,
            routes: vec![],
            asked: VecDeque::new(),
            out: BytesMut::new(),
            idle: 0,
            clock: ArrivalClock::default(),
            at_us: 0,
            unreadable: (clock::instant(), 0),
            whole: clock::instant(),
        };
        let ended = reading.run(socket.stream, socket.held).await;
        if let Err(ending) = ended {
            tracing::debug!(%ending, "disconnected");
            signals.send(Signal::Ended(ending, reading.whole)).await.ok();
        }
    }
}

impl Reading {
    async fn run(&mut self, stream: Box<dyn Stream>, mut held: BytesMut) -> Result<(), Ending> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        self.take(&mut held)?;
        // Writing never keeps reading waiting, and when it fails, what the broker sent before is still to be read.
        let (mut flushed, mut writes) = (true, true);
        loop {
            let has_more = !self.out.is_empty();
            tokio::select! {
                biased;
                order = self.receiver.orders.recv() => {
                    let Some(order) = order else { break };
                    self.obey(order);
                }
                written = write(&mut writer, &mut self.out), if writes && (has_more || !flushed) => {
                    (flushed, writes) = (!has_more, written.is_ok());
                }
                came = fill(&mut reader, &mut held) => match came.map_err(Ending::from) {
                    Ok(0) | Err(Ending::Closed) if held.is_empty() => return Err(Ending::Closed),
                    Ok(0) | Err(Ending::Closed) => return Err(Ending::Cut),
                    Ok(_) => self.take(&mut held)?,
                    Err(ending) => return Err(ending),
                },
            }
        }
        // A broker that reads no more is not waited for.
        let last = async {
            writer.write_all(&self.out).await?;
            writer.shutdown().await
        };
        timeout(LAST_WORDS, last).await.ok();
        Ok(())
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Subscribe(subscription) => {
                self.out.extend_from_slice(subscription.line().as_bytes());
                self.routes.push(subscription);
                self.routes.sort_by_key(|route| route.view.id);
            }
            Order::Unsubscribe(id, done) => {
                self.out
                    .extend_from_slice(format!("UNSUB {}\r\n", id.0).as_bytes());
                self.ask(Question::Removed(id, done));
            }
            Order::Ping => self.ask(Question::RoundTrip(clock::instant())),
            Order::Fence(done) => self.ask(Question::Fence(done)),
        }
    }

    fn ask(&mut self, question: Question) {
        self.out.extend_from_slice(b"PING\r\n");
        self.asked.push_back(question);
    }

    /// Takes all whole frames.
    fn take(&mut self, held: &mut BytesMut) -> Result<(), Ending> {
        let (at_us, set_us) = self.clock.now(clock::reading());
        self.at_us = at_us;
        if let Some(by_us) = set_us {
            self.tell(Signal::ClockSet(by_us));
        }
        let before = self.receiver.store.range().end;
        let (mut batch, mut used, mut frames) = (Vec::new(), 0, 0);
        let store = self.receiver.store.clone();
        let outcome = loop {
            let (frame, length) = match read(&held[used..], self.receiver.most) {
                Ok(Start::Frame(frame, length)) => (frame, length),
                Ok(Start::Part(needed)) => break Ok(needed),
                Err(error) => break Err(error),
            };
            used += length;
            frames += 1;
            self.idle += length;
            match frame {
                Frame::Message(delivery) => {
                    self.idle = 0;
                    match self.incoming(delivery) {
                        Some(Ok(message)) => batch.push(message),
                        // What needs texts of its own is rare, and stored by itself.
                        Some(Err(odd)) => {
                            store.append(batch.drain(..));
                            self.store_odd(odd);
                        }
                        None => {}
                    }
                }
                other => {
                    // What a fence was asked for must be stored before it is answered.
                    store.append(batch.drain(..));
                    self.heed(other);
                }
            }
        };
        store.append(batch.drain(..));
        self.receiver.frames.fetch_add(frames, Ordering::Relaxed);
        if store.range().end > before {
            self.receiver.wake.stored();
        }
        tracing::trace!(bytes = used, frames, "bytes read");
        held.advance(used);
        let needed = outcome?;
        if self.idle > self.receiver.most {
            return Err(Ending::Babble(self.receiver.most));
        }
        if needed > held.capacity() {
            // Only twice of what came: a length that was announced is no reason to take memory.
            held.reserve(needed.min(2 * held.len().max(READ)) - held.len());
        }
        Ok(())
    }

    /// The message as the store takes it; `None` if it is not to be stored, the delivery itself if it is not UTF-8.
    fn incoming<'b>(&self, delivery: Delivery<'b>) -> Option<Result<Incoming<'b>, Delivery<'b>>> {
        let route = self
            .routes
            .iter()
            .position(|route| u64::from(route.view.id.0) == delivery.sid)?;
        let texts = (
            std::str::from_utf8(delivery.subject),
            std::str::from_utf8(delivery.reply),
        );
        let (Ok(subject), Ok(reply)) = texts else {
            self.routes[route].received.fetch_add(1, Ordering::Relaxed);
            return Some(Err(delivery));
        };
        let reply = (!reply.is_empty()).then_some(reply);
        let probe = is_probe(subject, !delivery.headers.is_empty(), delivery.payload);
        if probe || self.receiver.own.is_it(subject, reply, delivery.payload) {
            return None;
        }
        self.routes[route].received.fetch_add(1, Ordering::Relaxed);
        let mut earlier = self.routes[..route].iter();
        if earlier.any(|route| subject_matches(&route.view.pattern, subject)) {
            return None;
        }
        let Cow::Borrowed(headers) = lines(delivery.headers, &Odd::default()) else {
            return Some(Err(delivery));
        };
        Some(Ok(Incoming {
            at_us: self.at_us,
            subject,
            reply,
            headers: Headers::of_lines(headers),
            payload: delivery.payload,
        }))
    }

    /// Stores a message of which a part cannot be read.
    fn store_odd(&mut self, delivery: Delivery<'_>) {
        let odd = |part| std::str::from_utf8(part).is_err().then_some(part);
        let odd = Odd {
            subject: odd(delivery.subject),
            reply: odd(delivery.reply),
        };
        let subject = String::from_utf8_lossy(delivery.subject);
        let reply = String::from_utf8_lossy(delivery.reply);
        let lines = lines(delivery.headers, &odd);
        self.receiver.store.append([Incoming {
            at_us: self.at_us,
            subject: &subject,
            reply: (!reply.is_empty()).then_some(&*reply),
            headers: Headers::of_lines(&lines),
            payload: delivery.payload,
        }]);
        if lines.contains(natsbridge_wire::UNREADABLE_HEADER) {
            self.tell_more_unreadable();
            self.unreadable.1 += 1;
            if self.unreadable.1 <= ONE_BY_ONE {
                self.tell(Signal::Unreadable(subject.into_owned()));
            }
        }
    }

    /// Tells of the messages that were only counted, if it is time for that.
    fn tell_more_unreadable(&mut self) {
        if self.unreadable.0.elapsed() >= REST {
            let (_, came) = std::mem::replace(&mut self.unreadable, (clock::instant(), 0));
            if came > ONE_BY_ONE {
                self.tell(Signal::MoreUnreadable(came - ONE_BY_ONE));
            }
        }
    }

    /// Heeds what is no message.
    fn heed(&mut self, frame: Frame<'_>) {
        match frame {
            // A broker that asks without reading the answers gets no more of them.
            Frame::Ping if self.out.len() > ANSWERS && self.out.ends_with(PONG) => {}
            Frame::Ping => self.out.extend_from_slice(PONG),
            Frame::Pong => match self.asked.pop_front() {
                Some(Question::RoundTrip(sent)) => {
                    self.whole = sent;
                    self.tell(Signal::RoundTrip(sent.elapsed()));
                    self.tell_more_unreadable();
                }
                Some(Question::Fence(done)) => drop(done.send(())),
                Some(Question::Removed(id, done)) => {
                    self.routes.retain(|route| route.view.id != id);
                    done.send(()).ok();
                }
                None => {}
            },
            Frame::Error(text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                self.tell(denial(&text).map_or(Signal::Complaint(text), Signal::Denied));
            }
            Frame::Info(json) => {
                let info: Info = serde_json::from_slice(json).unwrap_or_default();
                if info.lame_duck {
                    self.tell(Signal::LameDuck);
                }
                if info.max_payload > 0 {
                    self.tell(Signal::MaxPayload(info.max_payload));
                }
            }
            Frame::Ok | Frame::Message(_) => {}
        }
    }

    /// Signals are dropped while too many wait: the receiver never waits for anyone.
    fn tell(&self, signal: Signal) {
        self.receiver.signals.try_send(signal).ok();
    }
}

/// Writes some of what waits; where nothing does, what was written before is sent on its way.
async fn write(writer: &mut WriteHalf<Box<dyn Stream>>, out: &mut BytesMut) -> io::Result<()> {
    if out.is_empty() {
        return writer.flush().await;
    }
    writer.write_buf(out).await.map(drop)
}

/// Reads what there is, with room for much.
async fn fill(reader: &mut ReadHalf<Box<dyn Stream>>, held: &mut BytesMut) -> io::Result<usize> {
    if held.is_empty() && held.capacity() > LARGE {
        // A large message has passed; its room goes with it.
        *held = BytesMut::with_capacity(READ);
    }
    held.reserve(if held.is_empty() { READ } else { READ / 4 });
    reader.read_buf(held).await
}
