//! Images, audio and video: facts from the header, pixels within limits.

mod audio;
mod container;
mod error;
mod frames;
mod image;
mod picture;
mod riff;
mod sound;
mod video;

pub(crate) use audio::audio_blob_facts;
pub(crate) use video::video_blob_facts;

pub use audio::{AudioFacts, audio_facts};
pub use error::MediaError;
pub use frames::{Frames, decode_frames};
pub(crate) use image::check_image_size;
pub use image::{ImageFacts, ImageFormat, decode_image, image_facts};
pub use picture::{Part, Picture};
pub use sound::{Sound, sound};
pub use video::{VideoFacts, video_facts};
