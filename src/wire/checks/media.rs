//! The checks of pictures, sound and film.
//! They are found where the files are taken apart.

use super::contract::{Check, Lines};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::ImageInvalid,
        title: "An unreadable image",
        advice: "The data is not an image that can be opened: send PNG, JPEG, GIF, WebP or BMP.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::ImageLimit,
        title: "An image over the limit",
        advice: "The image has more pixels than the limits allow; send a smaller one.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::AudioInvalid,
        title: "Unreadable audio",
        advice: "The data is not audio that can be read: send WAV, MP3, FLAC, Ogg or another common format.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::VideoInvalid,
        title: "Unreadable video",
        advice: "The data is not video that can be read: send MP4, Matroska, WebM or AVI.",
        lines: Lines::NONE,
        effects: &[],
    },
];
