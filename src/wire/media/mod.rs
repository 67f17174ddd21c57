//! Images, audio and video: facts from the header, pixels within limits. The libraries that read them come with the
//! feature `media`.

#[cfg(feature = "media")]
mod audio;
#[cfg(feature = "media")]
mod container;
mod error;
mod facts;
#[cfg(feature = "media")]
mod frames;
#[cfg(feature = "media")]
mod image;
#[cfg(feature = "media")]
mod picture;
#[cfg(feature = "media")]
mod riff;
#[cfg(feature = "media")]
mod sound;
#[cfg(any(test, not(feature = "media")))]
mod unread;
#[cfg(feature = "media")]
mod video;

#[cfg(not(feature = "media"))]
pub(crate) use unread::{audio_facts, image_facts, video_facts};

pub(crate) use facts::check_image_size;

pub use error::MediaError;
pub use facts::{AudioInfo, ImageInfo, VideoInfo};
#[cfg(feature = "media")]
pub use {
    audio::audio_facts,
    frames::{Frames, decode_frames},
    image::{decode_image, image_facts},
    picture::{Part, PixelBuffer},
    sound::{Sound, sound},
    video::video_facts,
};
