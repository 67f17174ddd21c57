//! In which form messages are printed: JSON lines, or blocks for people.

use super::block::{block_head, block_tail};
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{DecodedMessage, LINE_HEAD, PrintLimits, write_line_tail};

/// The form, and how many rows of a table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// A JSON line each.
    Json,
    /// A readable block each, with styles where they are welcome.
    Block {
        /// Whether they are.
        colour: bool,
    },
}

impl Form {
    /// What stands before the running number of a message.
    pub fn head(self) -> &'static str {
        match self {
            Self::Json => LINE_HEAD,
            Self::Block { colour } => block_head(colour),
        }
    }

    /// Appends all that follows the number, with its line break; whether there was room for all of it.
    pub fn write_tail(
        self,
        out: &mut Vec<u8>,
        message: &StoredMessage,
        decoded: &DecodedMessage<'_>,
        print: PrintLimits,
    ) -> bool {
        let came = message.circumstances();
        match self {
            Self::Json => {
                let whole = write_line_tail(out, &came, decoded, print);
                out.push(b'\n');
                whole
            }
            Self::Block { colour } => {
                let (text, whole) = block_tail(&came, decoded, print, colour);
                out.extend_from_slice(text.as_bytes());
                whole
            }
        }
    }
}
