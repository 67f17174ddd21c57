//! The message looked at: its payload, its links, its pictures.

mod image_mode;
mod inspector;
mod links;
mod opened;
mod shown_payload;

pub use image_mode::ImageMode;
pub use inspector::Inspector;
pub use links::{Link, Links, Running, Transfer};
pub use opened::Opened;
pub use shown_payload::ShownPayload;
