//! Text of strangers made safe to show; percent-encoding; parts of URLs.

mod clean;
mod composed;
mod percent;
mod safe_text;
mod scripts;
mod secret_names;
mod url_parts;

pub(crate) use url_parts::{authority, host_of, split_scheme};

pub use clean::acts_on_terminal;
pub use composed::composed;
pub use percent::{percent_decode, percent_encode};
pub use safe_text::{SafeLines, SafeText};
pub use scripts::mixes_scripts;
pub use secret_names::names_a_secret;
