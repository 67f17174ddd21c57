//! A gap in what was received. Data only.

/// A time in which messages may be missing: the connection was lost, or messages arrived too fast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The number of the first message after it.
    pub before: u64,
    /// Its start, microseconds since the Unix epoch.
    pub from_us: i64,
    /// Its end.
    pub to_us: i64,
    /// Why, as a clause: `the broker closed the connection`, `12 messages dropped: …`.
    pub cause: String,
}
