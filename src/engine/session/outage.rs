//! A lost or replaced connection: when, why, and which messages may be missing.

use crate::message::Gap;
use jiff::Timestamp;

/// When and why the last connection ended.
#[derive(Debug)]
pub(super) struct Outage {
    pub(super) since: Timestamp,
    pub(super) server_id: String,
    pub(super) cause: String,
    /// How many were lost so far; `None` if this one was ended on request.
    pub(super) number: Option<u64>,
}

impl Outage {
    /// The mark for the message list, before that message.
    pub(super) fn gap(&self, before: u64, now: Timestamp) -> Gap {
        Gap {
            before,
            from_us: self.since.as_microsecond(),
            to_us: now.as_microsecond(),
            cause: self.cause.clone(),
        }
    }

    /// The notice once connected again to the server with that id.
    pub(super) fn sentence(&self, now: Timestamp, server_id: &str) -> String {
        let Self { since, cause, .. } = self;
        let same = if self.server_id == server_id && self.number.is_some() {
            " The broker did not restart in the meantime."
        } else {
            ""
        };
        let times = (self.number).map_or(String::new(), |number| format!(", loss {number} of this session"));
        let (from, to) = (since.strftime("%H:%M:%S%.3f"), now.strftime("%H:%M:%S%.3f"));
        format!("Reconnected; messages from {from} to {to} UTC may be missing ({cause}{times}).{same}")
    }
}
