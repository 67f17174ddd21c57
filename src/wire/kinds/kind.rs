//! The payload kind as a value. Its names in each vocabulary are in the registry.

/// What a payload is, after the dialects' spellings are folded together (`json` is a dictionary,
/// `arrowtable` a table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// Any JSON value, usually an object.
    Dictionary,
    /// An Arrow IPC stream or file.
    Table,
    /// A JSON array of row objects.
    JsonTable,
    /// Image data (PNG, JPEG, …).
    Image,
    /// Audio data (WAV, MP3, …).
    Audio,
    /// Video data (MP4, WebM, AVI, …).
    Video,
    /// Any other bytes; also used for unknown declared types.
    Binary,
}
