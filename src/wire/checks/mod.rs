//! The doctor's checks: a row of data for each code, and the functions that judge what reading alone does not tell.

mod base64;
mod contract;
mod delivery;
mod fields;
mod json;
mod links;
mod media;
mod payloads;
mod registry;
mod shapes;
mod tables;

pub(super) use delivery::{check_headers, check_reply_to, check_send_to, check_subject, check_unreadable};
pub(super) use fields::{check_broker_url, check_clock, check_id, check_timestamp, zone_error_us};
pub(super) use json::{below_value, repetitions};
pub(super) use links::{check_link, check_link_name};

pub use contract::{Check, Effect, Lines, Readability, ReaderStack};
pub use delivery::UNREADABLE_HEADER;
pub use registry::{breaks, check_of};
