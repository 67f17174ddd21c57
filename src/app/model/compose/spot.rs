//! Positions in the form: its rows, and the cells of a payload's row.

use super::field::Field;
use natsbridge_engine::{Place, ResponderId, SendId};

/// A row of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormRow {
    /// A field.
    Field(Field),
    /// The toggle for the rarely used fields.
    More,
    /// A payload, by its place in the list.
    Payload(usize),
    /// Adds a payload.
    Add,
    /// Sends.
    Send,
    /// An armed answer.
    Responder(ResponderId),
    /// A sending, under way or past.
    Job(SendId),
}

impl FormRow {
    /// The row of the form where an issue has to be fixed.
    pub fn of(place: &Place) -> Self {
        Self::Field(match place {
            Place::Payload(at) | Place::PayloadName(at) => return Self::Payload(*at),
            Place::Payloads => return Self::Add,
            Place::Subject => Field::Subject,
            Place::Purpose => Field::Purpose,
            Place::SenderName => Field::Sender,
            Place::ReceiverName => Field::Receiver,
            Place::ReceiverId => Field::ReceiverId,
            Place::ReplyTo => Field::ReplyTo,
            Place::ReplyToMsgId => Field::Answers,
            Place::CorrelationId => Field::Correlation,
            Place::Metadata => Field::Metadata,
            Place::Header(_) => Field::Headers,
        })
    }
}

/// A cell of a payload's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// Its name.
    Name,
    /// Its kind.
    Kind,
    /// Its content.
    #[default]
    Content,
}

impl Cell {
    const ALL: [Self; 3] = [Self::Name, Self::Kind, Self::Content];

    /// The cell to the right or left; the outermost ones have no neighbour.
    pub(crate) fn step(self, right: bool) -> Self {
        let at = self as usize;
        let to = if right { at + 1 } else { at.saturating_sub(1) };
        Self::ALL[to.min(Self::ALL.len() - 1)]
    }
}
