//! The results of workers.

use crate::preview::{FinishedWork, Preview, Sheet, Views};
use natsbridge_app::{Msg, Opened};
use natsbridge_engine::FetchError;

/// What came of some work.
pub enum Done {
    /// A message was decoded.
    Opened(Box<MessageViews>),
    /// A download has ended, successfully or not.
    Fetched(String, Result<String, FetchError>),
    /// Work that a view wished for was done.
    Worked(FinishedWork),
    /// A sheet to lay over the panes.
    Sheet(Sheet),
    /// Something for the state.
    Told(Msg),
}

/// A decoded message with everything that shows it.
pub struct MessageViews {
    /// The message.
    pub opened: Opened,
    /// Views of payloads, raw bytes and findings.
    pub views: Views,
    /// The view of the fields of NATS and of the envelope.
    pub envelope: Box<dyn Preview>,
}
