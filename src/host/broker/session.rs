//! One client's session: reads operations, executes them, and checks that the connection is alive.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::{Claim, Client, Queued, Subscription};
use super::cut_off::{CutOff, CutOffReason};
use super::handshake::{Connect, Info};
use super::outbox::Outgoing;
use super::parser::{self, Op, Publish, Step, Violation};
use super::routes::{Router, Routes};
use super::subjects::is_pattern;
use natsbridge_engine::clock;

/// Bytes asked of the socket at a time.
const READ: usize = 64 << 10;
/// Pings that may stay unanswered.
const PINGS: u32 = 2;
/// Longest pause of a publisher for a client with a full outbox, per batch.
const STALL: Duration = Duration::from_millis(10);
/// Characters that are told of what a client calls itself.
const NAME: usize = 80;
/// Time for the client to read our last message.
const PARTING: Duration = Duration::from_secs(1);

/// Serves one connection to its end; whether it was cut off.
pub async fn serve(mut stream: TcpStream, id: u64, info: Arc<Info>, routes: Arc<Routes>) -> Option<CutOff> {
    let address = stream.peer_addr().ok()?;
    let _ = stream.set_nodelay(true);
    let (mut reader, writer) = stream.split();
    let client = Arc::new(Client::new(id, Arc::clone(&routes.backlog)));
    client.send(&[info.line(id, address.ip()).as_bytes()]);
    let limits = routes.limits().clone();
    let mut session = Session::new(Arc::clone(&client), routes);
    let mut writing = std::pin::pin!(client.write_to(writer));
    let gone = tokio::select! {
        () = &mut writing => true,
        () = session.read(&mut reader, limits.broker_silence, limits.broker_greeting) => false,
        () = client.closing() => false,
    };
    let name = session.connect.name.take().unwrap_or_default();
    let name = name.chars().take(NAME).collect();
    drop(session);
    client.close();
    if !gone {
        // One that reads slowly is to read why it is let go.
        let _ = timeout(limits.broker_write_time, writing).await;
        // Unread input would make the system reset the connection, and our last message would be lost with it.
        let _ = timeout(PARTING, tokio::io::copy(&mut reader, &mut tokio::io::sink())).await;
    }
    let (why, dropped) = client.cut_off()?;
    Some(CutOff {
        cause: why.cause(&limits),
        client: id,
        name,
        address,
        why,
        dropped,
    })
}

struct Session {
    client: Arc<Client>,
    routes: Arc<Routes>,
    router: Router,
    connect: Connect,
    /// It has said something that makes sense.
    greeted: bool,
    dice: u64,
    touched: Touched,
    tail: Vec<u8>,
}

/// Clients to wake when the batch is done.
#[derive(Default)]
struct Touched {
    clients: Vec<Arc<Client>>,
    crowded: Option<Arc<Client>>,
}

impl Touched {
    fn note(&mut self, client: &Arc<Client>, queued: Queued) {
        if queued.wake {
            self.clients.push(Arc::clone(client));
        }
        if queued.crowded {
            self.crowded = Some(Arc::clone(client));
        }
    }

    fn wake(&mut self) {
        for client in self.clients.drain(..) {
            client.wake();
        }
    }
}

/// Cleans up, however the session ends.
impl Drop for Session {
    fn drop(&mut self) {
        self.touched.wake();
        self.routes.leave(&self.client);
    }
}

impl Session {
    fn new(client: Arc<Client>, routes: Arc<Routes>) -> Self {
        routes.join(&client);
        Self {
            router: Router::new(Arc::clone(&routes)),
            connect: Connect::default(),
            greeted: false,
            dice: client.id.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            touched: Touched::default(),
            tail: Vec::new(),
            client,
            routes,
        }
    }

    async fn read(&mut self, reader: &mut (impl AsyncRead + Unpin), silence: Duration, greeting: Duration) {
        let mut unread = BytesMut::new();
        let (mut wanted, mut pings) = (0, 0);
        let greeting = clock::instant() + greeting;
        loop {
            unread.reserve(READ.max(usize::saturating_sub(wanted, unread.len())));
            let now = clock::instant();
            if !self.greeted && now >= greeting {
                return self.client.cut(CutOffReason::Silent);
            }
            let patience = if self.greeted { silence } else { greeting - now };
            match timeout(patience, reader.read_buf(&mut unread)).await {
                Ok(Ok(count)) if count > 0 => pings = 0,
                Ok(_) => return,
                Err(_) if !self.greeted => continue,
                Err(_) if pings == PINGS => return self.client.cut(CutOffReason::Stale),
                Err(_) => {
                    pings += 1;
                    self.say(&[b"PING\r\n"]);
                }
            }
            wanted = match self.act(&mut unread) {
                Ok(wanted) => wanted,
                Err(violation) => return self.refuse(violation),
            };
            if unread.is_empty() && unread.capacity() > 4 * READ {
                unread = BytesMut::new();
            }
            self.touched.wake();
            self.routes.relieve();
            if let Some(crowded) = self.touched.crowded.take() {
                crowded.drained(STALL).await;
            }
        }
    }

    /// Acts on all whole operations; returns how many bytes the next one needs, where that is known.
    fn act(&mut self, unread: &mut BytesMut) -> Result<usize, Violation> {
        let mut used = 0;
        let wanted = loop {
            match parser::parse(&unread[used..], self.routes.limits())? {
                Step::Op(op, len) => {
                    self.greeted = true;
                    self.operation(&op)?;
                    used += len;
                }
                Step::More(wanted) => break wanted,
            }
        };
        unread.advance(used);
        Ok(wanted)
    }

    fn operation(&mut self, op: &Op<'_>) -> Result<(), Violation> {
        match op {
            Op::Pub(message) => return self.publish(message),
            Op::Ping => self.say(&[b"PONG\r\n"]),
            Op::Pong => {}
            Op::Connect(json) => {
                self.set_options(json)?;
                self.confirm();
            }
            Op::Sub { subject, queue, sid } => self.subscribe(subject, *queue, sid),
            Op::Unsub { sid, max } => self.unsubscribe(sid, *max),
        }
        Ok(())
    }

    fn set_options(&mut self, json: &[u8]) -> Result<(), Violation> {
        self.connect = serde_json::from_slice(json).map_err(|_| Violation::UnknownOperation)?;
        self.client.headers.store(self.connect.headers, Ordering::SeqCst);
        if self.connect.no_responders && !self.connect.headers {
            return Err(Violation::NoRespondersWithoutHeaders);
        }
        Ok(())
    }

    fn subscribe(&mut self, subject: &[u8], queue: Option<&[u8]>, sid: &[u8]) {
        let limits = self.routes.limits();
        if !is_pattern(subject, limits.broker_tokens) {
            return self.say(&[b"-ERR 'Invalid Subject'\r\n"]);
        }
        if self.client.subscriptions().len() >= limits.broker_subscriptions {
            return self.say(&[b"-ERR 'maximum subscriptions exceeded'\r\n"]);
        }
        let subscription = Subscription::new(Arc::clone(&self.client), subject, queue, sid);
        self.routes.subscribe(subscription);
        self.confirm();
    }

    fn unsubscribe(&mut self, sid: &[u8], max: Option<u64>) {
        let found = self.client.subscriptions().get(sid).cloned();
        if let Some(subscription) = found
            && subscription.limit_to(max.unwrap_or(0))
        {
            self.routes.unsubscribe(&subscription);
        }
        self.confirm();
    }

    fn publish(&mut self, message: &Publish<'_>) -> Result<(), Violation> {
        if message.with_headers && !self.connect.headers {
            return Err(Violation::HeadersNotAgreed);
        }
        let Some(route) = self.router.route(message.subject) else {
            self.say(&[b"-ERR 'Invalid Publish Subject'\r\n"]);
            return Ok(());
        };
        self.confirm();
        let mut tail = std::mem::take(&mut self.tail);
        write_tail(&mut tail, message);
        let alone = route.plain.len() + route.groups.len() == 1;
        let outgoing = outgoing(message, &tail, alone);
        let mut heard = false;
        for subscription in &route.plain {
            heard |= self.deliver(message, &outgoing, subscription);
        }
        for group in &route.groups {
            let first = self.roll(group.len());
            let (before, after) = group.split_at(first);
            heard |= after
                .iter()
                .chain(before)
                .any(|member| self.deliver(message, &outgoing, member));
        }
        self.tail = tail;
        if !heard && self.connect.no_responders && !message.reply.is_empty() {
            self.tell_no_responders(message.subject, message.reply);
        }
        Ok(())
    }

    /// Hands the message to one subscription; says whether it took it.
    fn deliver(
        &mut self,
        message: &Publish<'_>,
        outgoing: &Outgoing<'_>,
        subscription: &Arc<Subscription>,
    ) -> bool {
        let client = &subscription.client;
        if !self.connect.echo && client.id == self.client.id {
            return false;
        }
        let claim = subscription.claim();
        if claim == Claim::Ended {
            return false;
        }
        let queued = if message.with_headers && !client.headers.load(Ordering::Relaxed) {
            send_bare(message, subscription)
        } else {
            client.deliver(outgoing, &subscription.sid)
        };
        self.touched.note(client, queued);
        if claim == Claim::Last {
            self.routes.unsubscribe(subscription);
        }
        true
    }

    /// Answers a request that reached nobody with status 503 and its subject, on the client's own reply subscription.
    fn tell_no_responders(&mut self, subject: &[u8], reply: &[u8]) {
        let Some(route) = self.router.route(reply) else {
            return;
        };
        let mut plain = route.plain.iter();
        if let Some(subscription) = plain.find(|subscription| subscription.client.id == self.client.id) {
            let head = [&b"NATS/1.0 503\r\nNats-Subject: "[..], subject, b"\r\n\r\n"].concat();
            let status = Publish {
                subject: reply,
                reply: b"",
                with_headers: true,
                header_len: head.len(),
                framed: &[&head[..], b"\r\n"].concat(),
            };
            let mut tail = Vec::new();
            write_tail(&mut tail, &status);
            let echo = std::mem::replace(&mut self.connect.echo, true);
            self.deliver(&status, &outgoing(&status, &tail, true), subscription);
            self.connect.echo = echo;
        }
    }

    fn refuse(&mut self, violation: Violation) {
        self.say(&[b"-ERR '", violation.to_string().as_bytes(), b"'\r\n"]);
    }

    fn confirm(&mut self) {
        if self.connect.verbose {
            self.say(&[b"+OK\r\n"]);
        }
    }

    fn say(&mut self, parts: &[&[u8]]) {
        let queued = self.client.send(parts);
        self.touched.note(&self.client, queued);
    }

    /// A number below `sides`, from a xorshift generator: fair enough to share out work.
    fn roll(&mut self, sides: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 16) as usize % sides
    }
}

/// The end of the control line, the same for all who get the message.
fn write_tail(tail: &mut Vec<u8>, message: &Publish<'_>) {
    tail.clear();
    begin_tail(tail, message.reply);
    let _ = if message.with_headers {
        write!(tail, " {} {}\r\n", message.header_len, message.size())
    } else {
        write!(tail, " {}\r\n", message.size())
    };
}

fn outgoing<'a>(message: &Publish<'a>, tail: &'a [u8], alone: bool) -> Outgoing<'a> {
    let verb = if message.with_headers {
        &b"HMSG "[..]
    } else {
        b"MSG "
    };
    Outgoing::new(verb, message.subject, tail, message.framed, alone)
}

/// Hands a message over without its headers, to a client that does not understand them.
fn send_bare(message: &Publish<'_>, subscription: &Subscription) -> Queued {
    let mut tail = Vec::new();
    begin_tail(&mut tail, message.reply);
    let _ = write!(tail, " {}\r\n", message.size() - message.header_len);
    let body = &message.framed[message.header_len..];
    subscription
        .client
        .send(&[b"MSG ", message.subject, b" ", &subscription.sid, &tail, body])
}

fn begin_tail(tail: &mut Vec<u8>, reply: &[u8]) {
    if !reply.is_empty() {
        tail.push(b' ');
        tail.extend_from_slice(reply);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client is sent that says nothing, or nothing more.
    async fn last_words(greeted: bool) -> (Vec<u8>, Option<CutOffReason>) {
        let client = Arc::new(Client::new(1, Arc::default()));
        let mut session = Session::new(Arc::clone(&client), Arc::default());
        session.greeted = greeted;
        let (mut ours, _theirs) = tokio::io::duplex(64);
        let moment = Duration::from_millis(1);
        session.read(&mut ours, moment, moment).await;
        let mut written = Vec::new();
        client.write_to(&mut written).await;
        (written, client.cut_off().map(|(why, _)| why))
    }

    #[tokio::test]
    async fn who_stays_silent_is_asked_twice_and_then_let_go() {
        let (written, why) = last_words(true).await;
        assert!(written.ends_with(b"-ERR 'Stale Connection'\r\n"));
        assert_eq!(why, Some(CutOffReason::Stale));
        let (written, why) = last_words(false).await;
        assert_eq!(written, b"-ERR 'Authentication Timeout'\r\n");
        assert_eq!(why, Some(CutOffReason::Silent));
    }
}
