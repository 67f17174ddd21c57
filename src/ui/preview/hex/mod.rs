//! Bytes: hex and ASCII, and the message as it came.

mod raw;
mod tests;
mod view;

pub(crate) use raw::RawView;
pub(crate) use view::HexView;
