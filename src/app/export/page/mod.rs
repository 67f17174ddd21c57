//! Pages: messages, conversations and problems as one HTML file that opens anywhere without a network. Nothing of a message can
//! act in it: foreign text only ever goes in as text, and a content policy lets nothing run but our own script.

mod conversation;
mod findings;
mod html;
mod message;
mod page;
mod sequence;
mod values;

pub use conversation::conversation_page;
pub use findings::{checked_section, problems_page};
pub use message::{PageMessage, messages_page};
pub(crate) use page::is_page;
pub use page::{page_end, page_start};
