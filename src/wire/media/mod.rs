//! Pictures, sound and film: facts from the first bytes, pixels under limits.

mod media_api;

pub use media_api::{AudioFacts, ImageFacts, ImageFormat, MediaError, Picture, VideoFacts, decode_image};
pub use media_api::{audio_facts, image_facts, video_facts};
