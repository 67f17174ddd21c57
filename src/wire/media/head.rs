//! What the head of a sound or a film tells, whatever its container. Each container has a file of its own.

use super::facts::{AudioInfo, VideoInfo};

/// What a container tells in its head; what it does not tell is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Head {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub film: Option<Film>,
    pub sound: Option<SoundTrack>,
    /// Whether its format is only named here.
    pub foreign: bool,
}

/// The first track with pictures.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Film {
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub codec: Option<String>,
    /// Its own length, where that is not the one of the whole.
    pub duration_s: Option<f64>,
}

/// The first track with sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SoundTrack {
    pub rate: Option<u32>,
    pub channels: Option<u16>,
    pub codec: Option<String>,
    /// Its own length, where that is not the one of the whole.
    pub duration_s: Option<f64>,
}

impl Head {
    /// A container that is only named here.
    pub fn named(format: &'static str) -> Self {
        Self {
            format,
            foreign: true,
            ..Self::default()
        }
    }

    /// Its sound; `None` if it has film only.
    pub fn audio(self) -> Option<AudioInfo> {
        let sound = match self.sound {
            None if self.film.is_some() => return None,
            sound => sound.unwrap_or_default(),
        };
        Some(AudioInfo {
            format: self.format,
            duration_s: sound.duration_s.or(self.duration_s),
            sample_rate_hz: sound.rate,
            channels: sound.channels,
            codec: sound.codec,
            foreign: self.foreign,
        })
    }

    /// Its film; `None` if it has sound only.
    pub fn video(self) -> Option<VideoInfo> {
        let film = match self.film {
            None if self.sound.is_some() => return None,
            film => film.unwrap_or_default(),
        };
        Some(VideoInfo {
            format: self.format,
            duration_s: film.duration_s.or(self.duration_s),
            width: film.width,
            height: film.height,
            codec: film.codec,
            foreign: self.foreign,
        })
    }
}
