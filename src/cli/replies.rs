//! The replies to a request on their way to the printer: taken as fast as they come, kept as long as the printer has no room,
//! and counted where there is no room for them either.

use crate::cli::exit::Failure;
use crate::cli::output;
use crate::cli::printing::Printer;
use natsbridge_engine::{Request, StoredMessage};
use natsbridge_ui::counted;
use natsbridge_wire::Limits;
use std::collections::VecDeque;

/// Replies handed to the printer at once, and their bytes, unless a single one has more.
const MESSAGES: usize = 512;
const BYTES: usize = 1 << 20;

/// The replies to one request after the other.
pub struct Replies {
    /// The request that is waited for.
    request: Option<Request>,
    /// Replies that the printer has no room for yet, and what they cost.
    waiting: VecDeque<StoredMessage>,
    bytes: usize,
    limits: Limits,
    /// Replies that came and will not be printed, and how many of them were told of.
    lost: u64,
    told: u64,
}

impl Replies {
    /// None yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            request: None,
            waiting: VecDeque::new(),
            bytes: 0,
            limits: limits.clone(),
            lost: 0,
            told: 0,
        }
    }

    /// From now on those to this request are waited for.
    pub fn wait_for(&mut self, request: Request) {
        self.request = Some(request);
    }

    /// Prints replies as they come, each once its links are there, until the request has ended. Nothing is lost if this is
    /// cancelled.
    pub async fn print(&mut self, printer: &mut Printer<'_>) -> Result<(), Failure> {
        let mut waits = true;
        loop {
            self.hand_on(printer);
            if !waits && self.waiting.is_empty() && printer.is_idle() {
                return Ok(());
            }
            let request = &mut self.request;
            let reply = async move {
                match request {
                    Some(request) => request.next().await,
                    None => None,
                }
            };
            tokio::select! {
                reply = reply, if waits => match reply {
                    Some(reply) => self.keep(reply),
                    None => waits = false,
                },
                printed = printer.step() => {
                    printed?;
                }
            }
        }
    }

    /// Keeps one; where there is no room, the oldest goes.
    fn keep(&mut self, reply: StoredMessage) {
        self.bytes += self.cost(&reply);
        self.waiting.push_back(reply);
        while self.bytes > self.limits.store_bytes || self.waiting.len() > self.limits.store_messages {
            if self.take().is_none() {
                return;
            }
            self.lost += 1;
        }
    }

    /// The oldest that waits.
    fn take(&mut self) -> Option<StoredMessage> {
        let reply = self.waiting.pop_front()?;
        self.bytes -= self.cost(&reply);
        Some(reply)
    }

    /// Gives the printer what it has room for.
    fn hand_on(&mut self, printer: &mut Printer<'_>) {
        while printer.takes_more() && !self.waiting.is_empty() {
            let (mut batch, before) = (Vec::new(), self.bytes);
            while batch.len() < MESSAGES && before - self.bytes < BYTES {
                let Some(reply) = self.take() else { break };
                batch.push(reply);
            }
            printer.take(batch);
        }
    }

    /// What one costs in memory, as in the store.
    fn cost(&self, reply: &StoredMessage) -> usize {
        let headers = reply.headers.iter();
        let texts = headers.flat_map(|(name, values)| std::iter::once(name).chain(values));
        let headers: usize = texts.map(String::len).sum();
        reply.payload.len() + reply.subject.len() + headers + self.limits.store_row_overhead
    }

    /// The request that has ended; says what was lost of the replies to it.
    pub fn ended(&mut self) -> Option<Request> {
        let request = self.request.take()?;
        self.lost += request.missed();
        let lost = self.lost - self.told;
        if lost > 0 {
            output::warning(&format!(
                "{} lost: they came faster than they could be taken.",
                counted(lost, "message")
            ));
            self.told = self.lost;
        }
        Some(request)
    }

    /// From now on only what has come already is printed.
    pub fn stop(&mut self) {
        if let Some(request) = &mut self.request {
            request.stop();
        }
    }

    /// How many replies came and were not even handed to the printer.
    pub fn lost(&self) -> u64 {
        let missed = self.request.as_ref().map_or(0, Request::missed);
        self.lost + missed + self.waiting.len() as u64
    }
}
