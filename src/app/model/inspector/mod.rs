//! The message looked at: its payload, its links, its pictures.

mod image_mode;
mod links;
mod shown_payload;

pub use image_mode::ImageMode;
pub use links::{Link, Links, Running, Transfer};
pub use shown_payload::ShownPayload;
