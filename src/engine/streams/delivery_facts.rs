//! What the reply subject of a consumer's delivery tells of the message. Nothing is acknowledged through it.

use super::facts::LAST;
use jiff::Timestamp;

/// The start of every such subject.
const START: &str = "$JS.ACK.";
/// Tokens after it: stream, consumer, deliveries, number in the stream, number among the deliveries, time, pending.
const TOKENS: usize = 7;

/// The facts of one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeliveryFacts<'a> {
    pub(super) stream: &'a str,
    /// The message's number in the stream.
    pub(super) sequence: u64,
    /// Its number among the deliveries of the consumer, from 1.
    pub(super) delivery: u64,
    /// When the stream took it.
    pub(super) at: Timestamp,
    /// How many matching messages follow it.
    pub(super) pending: u64,
}

impl<'a> DeliveryFacts<'a> {
    /// Reads them; `None` if that is no reply subject of a delivery.
    pub(super) fn read(reply: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(reply).ok()?.strip_prefix(START)?;
        let mut tokens = text.split('.');
        // Newer servers put the domain and the account before, and may put more behind.
        if memchr::memchr_iter(b'.', text.as_bytes()).count() >= TOKENS {
            tokens.nth(1)?;
        }
        let stream = tokens.next()?;
        let mut numbers = tokens.skip(2).map(str::parse::<u64>);
        let mut number = || numbers.next()?.ok();
        let (sequence, delivery, time, pending) = (number()?, number()?, number()?, number()?);
        (sequence <= LAST).then_some(())?;
        Some(Self {
            stream,
            sequence,
            delivery,
            at: Timestamp::from_nanosecond(time.into()).ok()?,
            pending,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reply_subjects_of_old_and_new_servers_tell_the_same() {
        let facts = DeliveryFacts {
            stream: "ORDERS",
            sequence: 20,
            delivery: 7,
            at: Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap(),
            pending: 5,
        };
        for reply in [
            "$JS.ACK.ORDERS.c.1.20.7.1700000000123456789.5",
            "$JS.ACK._.ACCHASH.ORDERS.c.1.20.7.1700000000123456789.5",
            "$JS.ACK.hub.ACCHASH.ORDERS.c.1.20.7.1700000000123456789.5.random",
        ] {
            assert_eq!(DeliveryFacts::read(reply.as_bytes()), Some(facts), "{reply}");
        }
    }

    #[test]
    fn what_is_no_delivery_tells_nothing() {
        for reply in [
            &b""[..],
            b"_INBOX.abc",
            b"$JS.ACK.ORDERS.c.1.20.7.1700000000123456789",
            b"$JS.ACK.ORDERS.c.1.x.7.1700000000123456789.5",
            b"$JS.ACK.ORDERS.c.1.9223372036854775808.7.1700000000123456789.5",
            b"$JS.ACK.ORDERS.c.1.20.7.28446744073709551615.5",
            b"$JS.ACK.\xff.c.1.20.7.1700000000123456789.5",
        ] {
            assert_eq!(DeliveryFacts::read(reply), None, "{}", reply.escape_ascii());
        }
    }
}
