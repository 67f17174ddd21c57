//! Pictures, sound and film: facts from the first bytes, pixels under limits.

mod audio;
mod container;
mod error;
mod frames;
mod image;
mod picture;
mod riff;
mod sound;
mod video;

pub use audio::{AudioFacts, audio_blob_facts, audio_facts};
pub use error::MediaError;
pub use frames::{Frames, decode_frames};
pub use image::{ImageFacts, ImageFormat, check_size as check_image_size, decode_image, image_facts};
pub use picture::{Part, Picture};
pub use sound::{Sound, sound};
pub use video::{VideoFacts, video_blob_facts, video_facts};
