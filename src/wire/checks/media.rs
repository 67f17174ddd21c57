//! The checks of pictures, sound and film.
//! They are found where the files are taken apart.

use super::contract::{Check, Lines};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::ImageInvalid,
        title: "A picture that cannot be opened",
        advice: "The bytes are no picture that can be opened.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::ImageLimit,
        title: "A picture over the limit",
        advice: "The picture claims more pixels than the limits allow.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::AudioInvalid,
        title: "A sound that cannot be read",
        advice: "The bytes are no sound that can be read.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::VideoInvalid,
        title: "A film that cannot be read",
        advice: "The bytes are no film that can be read.",
        lines: Lines::NONE,
        effects: &[],
    },
];
