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
use super::handshake::{Connect, Info};
use super::parser::{self, Op, Publish, Step, Violation};
use super::routes::{Router, Routes};
use super::subjects::is_pattern;
use natsbridge_wire::Limits;

/// Bytes asked of the socket at a time.
const READ: usize = 64 << 10;
/// Pings that may stay unanswered.
const PINGS: u32 = 2;
/// Longest pause of a publisher for a client with a full outbox, per batch.
const STALL: Duration = Duration::from_millis(10);
/// Time for the client to read our last message.
const PARTING: Duration = Duration::from_secs(1);

/// Serves one connection to its end.
pub async fn serve(mut stream: TcpStream, id: u64, info: Arc<Info>, max_payload: usize, routes: Arc<Routes>) {
    let Ok(peer) = stream.peer_addr() else { return };
    let _ = stream.set_nodelay(true);
    let (mut reader, writer) = stream.split();
    let client = Arc::new(Client::new(id));
    client.send(&[info.line(id, peer.ip()).as_bytes()]);
    let mut session = Session::new(Arc::clone(&client), routes, max_payload);
    let mut writing = std::pin::pin!(client.write_to(writer));
    tokio::select! {
        () = &mut writing => return,
        () = session.read(&mut reader, Limits::DEFAULT.broker_silence) => {}
        () = client.closing() => {}
    }
    drop(session);
    client.close();
    // Unread input would make the system reset the connection, and our last message would be lost with it.
    let _ = timeout(PARTING, async {
        writing.await;
        tokio::io::copy(&mut reader, &mut tokio::io::sink()).await
    })
    .await;
}

struct Session {
    client: Arc<Client>,
    routes: Arc<Routes>,
    router: Router,
    connect: Connect,
    max_payload: usize,
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
    fn new(client: Arc<Client>, routes: Arc<Routes>, max_payload: usize) -> Self {
        routes.join();
        Self {
            router: Router::new(Arc::clone(&routes)),
            connect: Connect::default(),
            max_payload,
            dice: client.id.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            touched: Touched::default(),
            tail: Vec::new(),
            client,
            routes,
        }
    }

    async fn read(&mut self, reader: &mut (impl AsyncRead + Unpin), silence: Duration) {
        let mut unread = BytesMut::new();
        let (mut wanted, mut pings) = (0, 0);
        loop {
            unread.reserve(READ.max(usize::saturating_sub(wanted, unread.len())));
            match timeout(silence, reader.read_buf(&mut unread)).await {
                Ok(Ok(count)) if count > 0 => pings = 0,
                Ok(_) => return,
                Err(_) if pings == PINGS => return self.say(&[b"-ERR 'Stale Connection'\r\n"]),
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
            if let Some(crowded) = self.touched.crowded.take() {
                crowded.drained(STALL).await;
            }
        }
    }

    /// Acts on all whole operations; returns how many bytes the next one needs, where that is known.
    fn act(&mut self, unread: &mut BytesMut) -> Result<usize, Violation> {
        let mut used = 0;
        let wanted = loop {
            match parser::parse(&unread[used..], self.max_payload)? {
                Step::Op(op, len) => {
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
        if !is_pattern(subject) {
            return self.say(&[b"-ERR 'Invalid Subject'\r\n"]);
        }
        if self.client.subscriptions().len() >= Limits::DEFAULT.broker_subscriptions {
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
        self.write_tail(message);
        let mut heard = false;
        for subscription in &route.plain {
            heard |= self.deliver(message, subscription);
        }
        for group in &route.groups {
            let first = self.roll(group.len());
            let (before, after) = group.split_at(first);
            heard |= after
                .iter()
                .chain(before)
                .any(|member| self.deliver(message, member));
        }
        if !heard && self.connect.no_responders && !message.reply.is_empty() {
            self.tell_no_responders(message.reply);
        }
        Ok(())
    }

    /// Hands the message to one subscription; says whether it took it.
    fn deliver(&mut self, message: &Publish<'_>, subscription: &Arc<Subscription>) -> bool {
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
            let verb: &[u8] = if message.with_headers { b"HMSG " } else { b"MSG " };
            client.send(&[
                verb,
                message.subject,
                b" ",
                &subscription.sid,
                &self.tail,
                message.framed,
            ])
        };
        self.touched.note(client, queued);
        if claim == Claim::Last {
            self.routes.unsubscribe(subscription);
        }
        true
    }

    /// The end of the control line, the same for all who get the message.
    fn write_tail(&mut self, message: &Publish<'_>) {
        self.tail.clear();
        begin_tail(&mut self.tail, message.reply);
        let _ = if message.with_headers {
            write!(self.tail, " {} {}\r\n", message.header_len, message.len())
        } else {
            write!(self.tail, " {}\r\n", message.len())
        };
    }

    /// Answers a request that reached nobody with status 503, on the client's own reply subscription.
    fn tell_no_responders(&mut self, reply: &[u8]) {
        let Some(route) = self.router.route(reply) else {
            return;
        };
        let mut plain = route.plain.iter();
        if let Some(subscription) = plain.find(|subscription| subscription.client.id == self.client.id) {
            let status = Publish {
                subject: reply,
                reply: b"",
                with_headers: true,
                header_len: 16,
                framed: NOBODY,
            };
            self.write_tail(&status);
            let echo = std::mem::replace(&mut self.connect.echo, true);
            self.deliver(&status, subscription);
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

const NOBODY: &[u8] = b"NATS/1.0 503\r\n\r\n\r\n";

/// Hands a message over without its headers, to a client that does not understand them.
fn send_bare(message: &Publish<'_>, subscription: &Subscription) -> Queued {
    let mut tail = Vec::new();
    begin_tail(&mut tail, message.reply);
    let _ = write!(tail, " {}\r\n", message.len() - message.header_len);
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

    #[tokio::test]
    async fn who_stays_silent_is_asked_twice_and_then_let_go() {
        let client = Arc::new(Client::new(1));
        let mut session = Session::new(Arc::clone(&client), Arc::default(), 100);
        let (mut ours, _theirs) = tokio::io::duplex(64);
        session.read(&mut ours, Duration::from_millis(1)).await;
        client.close();
        let mut written = Vec::new();
        client.write_to(&mut written).await;
        assert_eq!(written, b"PING\r\nPING\r\n-ERR 'Stale Connection'\r\n");
    }
}
