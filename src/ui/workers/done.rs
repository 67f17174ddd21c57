//! What workers hand in.

use super::decode::Built;
use crate::app::Msg;
use crate::engine::FetchError;

/// What came of some work.
pub enum Done {
    /// A message was decoded.
    Opened(Box<Built>),
    /// The message wanted is held no longer, or could not be decoded.
    Gone(u64),
    /// A download ended, well or badly.
    Fetched(String, Result<String, FetchError>),
    /// Something for the state.
    Told(Msg),
}
