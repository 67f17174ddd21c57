//! The checks of pictures, sound and film.
//! They are found where the files are taken apart.

use super::contract::Check;
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::ImageInvalid,
        "An unreadable image",
        "The data is not an image that can be opened: send PNG, JPEG, GIF, WebP or BMP.",
    ),
    Check::new(
        Code::ImageTruncated,
        "An image that is cut off",
        "The image is incomplete: send all bytes of the file.",
    )
    .lines("read(path)", "await readFile(path)", "Path(path).read_bytes()"),
    Check::new(
        Code::MediaNotShown,
        "A format that is only named here",
        "Nothing to fix: another program opens it. For readers that expect common formats send PNG or JPEG, WAV or \
             MP3, MP4 or WebM.",
    ),
    Check::new(
        Code::ImageLimit,
        "An image over the limit",
        "The image has more pixels than the limits allow; send a smaller one.",
    ),
    Check::new(
        Code::AudioInvalid,
        "Unreadable audio",
        "The data is not audio that can be read: send WAV, MP3, FLAC, Ogg or another common format.",
    ),
    Check::new(
        Code::VideoInvalid,
        "Unreadable video",
        "The data is not video that can be read: send MP4, Matroska, WebM or AVI.",
    ),
];
