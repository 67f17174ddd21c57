//! Images, audio and video: facts from the header, pixels within limits. The libraries that read them come with the
//! feature `media`.

#[cfg(feature = "media")]
mod audio;
#[cfg(feature = "media")]
mod boxes;
#[cfg(feature = "media")]
mod container;
#[cfg(feature = "media")]
mod ebml;
mod error;
mod facts;
#[cfg(feature = "media")]
mod foreign;
#[cfg(feature = "media")]
mod formats;
#[cfg(feature = "media")]
mod frames;
#[cfg(feature = "media")]
mod head;
#[cfg(feature = "media")]
mod image;
#[cfg(feature = "media")]
mod ints;
#[cfg(feature = "media")]
mod picture;
#[cfg(feature = "media")]
mod riff;
#[cfg(feature = "media")]
mod sound;
#[cfg(feature = "media")]
mod svg;
#[cfg(all(test, feature = "media"))]
mod tests;
#[cfg(feature = "media")]
mod tiff;
#[cfg(any(test, not(feature = "media")))]
mod unread;
#[cfg(feature = "media")]
mod video;
#[cfg(feature = "media")]
mod wav;

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
