//! Reads a stream from a number on as fast as it comes: through a consumer of our own, on a connection of its own whose
//! frames are read where they lie, so that no message can break it. No more is asked for while much waits to be taken.

use super::delivery_facts::DeliveryFacts;
use super::error::StreamError;
use super::source::Source;
use super::stream_message::StreamMessage;
use crate::clock;
use crate::connect::{Socket, Stream, denial};
use crate::connection::ConnectionError;
use crate::protocol::{Delivery, Frame, Start, read};
use crate::wording::Cause;
use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde_json::json;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Messages asked for in one request, and after which no more are asked for while they wait to be taken.
const TOGETHER: usize = 5_000;
/// Bytes that the subjects of a delivery may have.
const SUBJECTS: usize = 64 << 10;
/// Bytes that there is room for when the socket is read.
const READ: usize = 256 << 10;
/// How long a request waits for messages, and how long a consumer is kept that nobody asks for any.
const EXPIRES: Duration = Duration::from_secs(30);
/// The number of the subscription.
const SID: u64 = 1;

type News = mpsc::Sender<Result<Pulled, StreamError>>;

/// A stream being read; dropping it ends the reading and removes the consumer.
#[derive(Debug)]
pub(super) struct Pull {
    came: mpsc::Receiver<Result<Pulled, StreamError>>,
    /// What is said if the reading was cut off.
    down: ConnectionError,
}

/// What came.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    /// Messages in their order, each once.
    pub(super) messages: Vec<StreamMessage>,
    /// Whether the stream had no more at that moment.
    pub(super) all: bool,
}

/// The state of one reading.
struct Reading {
    source: Source,
    consumer: String,
    inbox: String,
    /// Bytes of messages asked for in one request.
    most: usize,
    out: BytesMut,
    pulled: Pulled,
    /// Bytes of what waits to be taken.
    bytes: usize,
    /// What was asked for and has not come: messages, bytes.
    asked: (usize, usize),
    /// Requests in a row that ended because the next message is larger than what may come.
    too_large: u32,
    /// Deliveries that came.
    deliveries: u64,
    heard: Instant,
}

#[derive(Deserialize)]
struct Made {
    #[serde(default)]
    num_pending: u64,
}

impl Pull {
    /// Begins to read at number `from`.
    pub(super) fn start(source: &Source, from: u64) -> Self {
        let (news, came) = mpsc::channel(1);
        let down = source.api.connection.down();
        let source = source.clone();
        tokio::spawn(async move {
            match Reading::open(source, from).await {
                Ok((reading, socket)) => reading.run(socket, &news).await,
                Err(error) => drop(news.send(Err(error)).await),
            }
        });
        Self { came, down }
    }

    /// What came since the last time; waits until something has. After an error there is nothing more. Nothing is lost
    /// if the future is dropped.
    pub(super) async fn next(&mut self) -> Result<Pulled, StreamError> {
        self.came
            .recv()
            .await
            .unwrap_or_else(|| Err(self.down.clone().into()))
    }
}

impl Reading {
    /// Connects and makes the consumer.
    async fn open(source: Source, from: u64) -> Result<(Self, Socket), StreamError> {
        let connection = &source.api.connection;
        connection.up()?;
        let socket = connection.socket().await;
        let socket = socket.map_err(|error| failed(&source, Cause::of(error)))?;
        let consumer = connection.own.consumer();
        let mut asked = format!("CONSUMER.CREATE.{}.{consumer}", source.stream);
        let mut config = json!({
            "name": consumer, "ack_policy": "none", "max_deliver": 1, "mem_storage": true, "num_replicas": 1,
            "deliver_policy": "by_start_sequence", "opt_start_seq": from.max(1), "replay_policy": "instant",
            "inactive_threshold": nanoseconds(EXPIRES),
        });
        if let Some(filter) = &source.filter {
            asked = format!("{asked}.{filter}");
            config["filter_subject"] = json!(filter);
        }
        let body = json!({"stream_name": source.stream, "config": config});
        let made = match source.api.ask::<Made>(&asked, &body).await {
            Err(StreamError::Unknown { .. }) => Err(failed(&source, Cause::of("the stream is gone"))),
            made => made,
        }?;
        // A request for fewer bytes than a message has would not be answered.
        let most = connection
            .limits
            .history_batch_bytes
            .max(connection.max_payload() + SUBJECTS);
        let inbox = connection.new_inbox();
        let reading = Self {
            out: format!("SUB {inbox} {SID}\r\n").as_bytes().into(),
            pulled: Pulled {
                all: made.num_pending == 0,
                ..Pulled::default()
            },
            source,
            consumer,
            inbox,
            most,
            bytes: 0,
            asked: (0, 0),
            too_large: 0,
            deliveries: 0,
            heard: Instant::from_std(clock::instant()),
        };
        Ok((reading, socket))
    }

    /// Reads until something fails, which is told after all that came before, or nobody takes what comes any more.
    async fn run(mut self, socket: Socket, news: &News) {
        if let Err(error) = self.read(socket, news).await {
            news.send(Ok(std::mem::take(&mut self.pulled))).await.ok();
            news.send(Err(error)).await.ok();
        }
        // It ends by itself, too, but later.
        let removal = format!("CONSUMER.DELETE.{}.{}", self.source.stream, self.consumer);
        self.source.api.request(&removal, &json!({})).await.ok();
    }

    async fn read(&mut self, socket: Socket, news: &News) -> Result<(), StreamError> {
        let mut held = socket.held;
        let (mut reader, mut writer) = tokio::io::split(socket.stream);
        let ended = |source: &Source, error: io::Error| Err(failed(source, Cause::of(error)));
        self.take(&mut held)?;
        loop {
            self.ask();
            let silent = self.heard + 3 * self.pause();
            tokio::select! {
                biased;
                () = news.closed() => return Ok(()),
                permit = news.reserve(), if !self.pulled.messages.is_empty() || self.pulled.all => {
                    let Ok(permit) = permit else { return Ok(()) };
                    permit.send(Ok(std::mem::take(&mut self.pulled)));
                    self.bytes = 0;
                }
                written = writer.write_buf(&mut self.out), if !self.out.is_empty() => match written {
                    Ok(_) if self.out.is_empty() => writer.flush().await.or_else(|error| ended(&self.source, error))?,
                    Ok(_) => {}
                    Err(error) => return ended(&self.source, error),
                },
                came = fill(&mut reader, &mut held) => match came {
                    Ok(0) => return Err(failed(&self.source, Cause::of("the broker closed the connection"))),
                    Ok(_) => self.take(&mut held)?,
                    Err(error) => return ended(&self.source, error),
                },
                () = sleep_until(silent), if self.asked.0 > 0 => {
                    return Err(failed(&self.source, Cause::of("the broker is silent")));
                }
            }
        }
    }

    /// Asks for more while little is on its way and little waits to be taken.
    fn ask(&mut self) {
        let room = |reading: &Self| {
            reading.pulled.messages.len() < TOGETHER
                && reading.bytes < reading.most
                && (reading.asked.0 < TOGETHER / 2 || reading.asked.1 < reading.most / 2)
        };
        while room(self) {
            let body = json!({
                "batch": TOGETHER, "max_bytes": self.most, "expires": nanoseconds(EXPIRES),
                "idle_heartbeat": nanoseconds(self.pause()),
            });
            let body = body.to_string();
            let request = format!(
                "PUB {}.CONSUMER.MSG.NEXT.{}.{} {} {}\r\n{body}\r\n",
                self.source.api.connection.jetstream_prefix,
                self.source.stream,
                self.consumer,
                self.inbox,
                body.len()
            );
            self.out.extend_from_slice(request.as_bytes());
            self.asked.0 += TOGETHER;
            self.asked.1 += self.most;
            self.heard = Instant::from_std(clock::instant());
        }
    }

    /// Time between two signs of life of a consumer without messages.
    fn pause(&self) -> Duration {
        self.source.api.connection.limits.probe_interval
    }

    /// Takes all whole frames.
    fn take(&mut self, held: &mut BytesMut) -> Result<(), StreamError> {
        self.heard = Instant::from_std(clock::instant());
        let mut used = 0;
        loop {
            match read(&held[used..], self.source.api.connection.limits.received_message) {
                Ok(Start::Frame(frame, length)) => {
                    used += length;
                    self.heed(frame)?;
                }
                Ok(Start::Part(_)) => break,
                Err(error) => return Err(failed(&self.source, Cause::of(error))),
            }
        }
        held.advance(used);
        Ok(())
    }

    fn heed(&mut self, frame: Frame<'_>) -> Result<(), StreamError> {
        match frame {
            Frame::Message(delivery) if delivery.subject == self.inbox.as_bytes() => {
                return self.status(delivery.headers);
            }
            Frame::Message(delivery) => return self.message(&delivery),
            Frame::Ping => self.out.extend_from_slice(b"PONG\r\n"),
            Frame::Error(text) => {
                let text = String::from_utf8_lossy(text);
                return Err(match denial(&text) {
                    Some(denial) => ConnectionError::NotPermitted {
                        deed: if denial.publish {
                            "publish to"
                        } else {
                            "subscribe to"
                        },
                        subject: denial.subject,
                    }
                    .into(),
                    None => failed(&self.source, Cause::of(&*text)),
                });
            }
            Frame::Info(_) | Frame::Pong | Frame::Ok => {}
        }
        Ok(())
    }

    fn message(&mut self, delivery: &Delivery<'_>) -> Result<(), StreamError> {
        let Some(facts) = DeliveryFacts::read(delivery.reply) else {
            // Somebody else's message to our inbox.
            return Ok(());
        };
        self.deliveries += 1;
        if facts.delivery != self.deliveries {
            return Err(failed(&self.source, Cause::of("deliveries were lost on the way")));
        }
        let Delivery {
            subject,
            reply,
            headers,
            payload,
            ..
        } = delivery;
        let bytes = subject.len() + reply.len() + headers.len() + payload.len();
        self.too_large = 0;
        self.end(1, bytes);
        self.bytes += bytes;
        self.pulled.all = facts.pending == 0;
        self.pulled
            .messages
            .push(StreamMessage::from_delivery(delivery, &facts));
        Ok(())
    }

    /// So much of what was asked for has come, or will not come any more.
    fn end(&mut self, messages: usize, bytes: usize) {
        self.asked.0 = self.asked.0.saturating_sub(messages);
        self.asked.1 = self.asked.1.saturating_sub(bytes);
    }

    /// Heeds what the broker says of a request.
    fn status(&mut self, headers: &[u8]) -> Result<(), StreamError> {
        let text = String::from_utf8_lossy(headers);
        let mut lines = text.split("\r\n");
        let status = lines.next().unwrap_or_default();
        let status = status.strip_prefix("NATS/1.0").unwrap_or_default().trim();
        let (code, words) = status.split_once(' ').unwrap_or((status, ""));
        // What is left of the request; where nothing is said, all that was asked for counts as ended.
        let left = |name: &str| {
            let mut lines = lines.clone().filter_map(|line| line.split_once(": "));
            let value = lines.find(|(other, _)| *other == name);
            value
                .and_then(|(_, value)| value.trim().parse().ok())
                .unwrap_or(usize::MAX)
        };
        let words = words.to_ascii_lowercase();
        let too_large = words.contains("size exceeds");
        match code {
            // The stream is quiet.
            "100" => {
                self.pulled.all = true;
                return Ok(());
            }
            "404" | "408" => {}
            "409" if words.contains("batch completed") => {}
            "409" if too_large && self.too_large < 2 => self.too_large += 1,
            "503" => return Err(failed(&self.source, Cause::of("the consumer is gone"))),
            _ => return Err(failed(&self.source, Cause::of(status))),
        }
        self.end(left("Nats-Pending-Messages"), left("Nats-Pending-Bytes"));
        Ok(())
    }
}

/// Reads what there is, with room for much.
async fn fill(reader: &mut ReadHalf<Box<dyn Stream>>, held: &mut BytesMut) -> io::Result<usize> {
    held.reserve(READ);
    reader.read_buf(held).await
}

fn failed(source: &Source, why: Cause) -> StreamError {
    source.api.failed(&format!("reading {}", source.stream), why)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
