//! A connection that was lost or given up: when, why, and what that means for the messages of that time.

use crate::store::Gap;
use jiff::Timestamp;

/// When and why the last connection ended.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) since: Timestamp,
    pub(super) server_id: String,
    pub(super) cause: String,
    /// How many were lost so far; `None` if this one was given up because somebody asked for it.
    pub(super) number: Option<u64>,
}

impl Loss {
    /// The mark for the message list, before that message.
    pub(super) fn gap(&self, before: u64, now: Timestamp) -> Gap {
        Gap {
            before,
            from_us: self.since.as_microsecond(),
            to_us: now.as_microsecond(),
            cause: self.cause.clone(),
        }
    }

    /// What is told once there is a connection again, to the server of that id.
    pub(super) fn sentence(&self, now: Timestamp, server_id: &str) -> String {
        let Self { since, cause, .. } = self;
        let same = if self.server_id == server_id && self.number.is_some() {
            " The broker did not restart meanwhile."
        } else {
            ""
        };
        let times = (self.number).map_or(String::new(), |number| format!(", loss {number} of this session"));
        let (from, to) = (since.strftime("%H:%M:%S%.3f"), now.strftime("%H:%M:%S%.3f"));
        format!("Connected again; messages from {from} to {to} UTC may be missing ({cause}{times}).{same}")
    }
}
