//! Text of strangers made safe to show; percent-encoding; parts of URLs.

mod clean;
mod percent;
mod safe_text;
mod url_parts;

pub(crate) use url_parts::{authority, host_of, split_scheme};

pub use percent::{percent_decode, percent_encode};
pub use safe_text::{SafeLines, SafeText};
