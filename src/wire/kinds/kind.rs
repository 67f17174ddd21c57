//! The payload kind as a value. What each kind is called in which vocabulary stands in the registry.

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
    /// Picture bytes (PNG, JPEG, …).
    Image,
    /// Sound bytes (WAV, MP3, …).
    Audio,
    /// Film bytes (MP4, WebM, AVI, …).
    Video,
    /// Bytes of any other sort; also what an unknown declared type is shown as.
    Binary,
}
