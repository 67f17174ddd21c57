//! Positions in a composition, so that problems are shown beside their field. Names only.

use std::fmt;

/// A field of a composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each stands for the composition field of that name")]
pub enum Place {
    Subject,
    Purpose,
    SenderName,
    ReceiverName,
    ReceiverId,
    ReplyTo,
    ReplyToMsgId,
    CorrelationId,
    Metadata,
    /// The NATS header with that index.
    Header(usize),
    /// The list of payloads as a whole.
    Payloads,
    /// The name of the payload with that index.
    PayloadName(usize),
    /// The content of the payload with that index.
    Payload(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |index: &usize| index + 1;
        match self {
            Self::Subject => f.write_str("the subject"),
            Self::Purpose => f.write_str("the purpose"),
            Self::SenderName => f.write_str("the sender's name"),
            Self::ReceiverName => f.write_str("the receiver's name"),
            Self::ReceiverId => f.write_str("the receiver's id"),
            Self::ReplyTo => f.write_str("the reply subject"),
            Self::ReplyToMsgId => f.write_str("the id of the message it answers"),
            Self::CorrelationId => f.write_str("the correlation id"),
            Self::Metadata => f.write_str("the metadata"),
            Self::Header(index) => write!(f, "header {}", number(index)),
            Self::Payloads => f.write_str("the payloads"),
            Self::PayloadName(index) => write!(f, "the name of payload {}", number(index)),
            Self::Payload(index) => write!(f, "payload {}", number(index)),
        }
    }
}
