//! The kitty graphics protocol: pixels are sent once, as PNG in chunks, and shown by placeholder characters. These
//! behave like text, so overlays cover them and tmux moves them along.

use super::passthrough::through;
use super::png::png;
use natsbridge_wire::{PixelBuffer, encode_base64};
use std::fmt::Write as _;

/// Maximum base64 characters per chunk, as the protocol requires.
const CHUNK: usize = 4096;

/// Marks that number rows and columns from 0 on, the first of those that the protocol has.
const NUMBERS: &[u16] = &[
    0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c, 0x350, 0x351, 0x352,
    0x357, 0x35b, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36a, 0x36b, 0x36c, 0x36d, 0x36e, 0x36f,
    0x483, 0x484, 0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59c, 0x59d, 0x59e,
    0x59f, 0x5a0, 0x5a1, 0x5a8, 0x5a9, 0x5ab, 0x5ac, 0x5af, 0x5c4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615,
    0x616, 0x617, 0x657, 0x658, 0x659, 0x65a, 0x65b, 0x65d, 0x65e, 0x6d6, 0x6d7, 0x6d8, 0x6d9, 0x6da, 0x6db,
    0x6dc, 0x6df, 0x6e0, 0x6e1, 0x6e2, 0x6e4, 0x6e7, 0x6e8, 0x6eb, 0x6ec, 0x730, 0x732, 0x733, 0x735, 0x736,
    0x73a, 0x73d, 0x73f, 0x740, 0x741, 0x743, 0x745, 0x747, 0x749, 0x74a, 0x7eb, 0x7ec, 0x7ed, 0x7ee, 0x7ef,
    0x7f0, 0x7f1, 0x7f3, 0x816, 0x817, 0x818, 0x819, 0x81b, 0x81c, 0x81d, 0x81e, 0x81f, 0x820, 0x821, 0x822,
    0x823, 0x825, 0x826, 0x827, 0x829, 0x82a, 0x82b, 0x82c, 0x82d, 0x951, 0x953, 0x954, 0xf82, 0xf83, 0xf86,
    0xf87, 0x135d, 0x135e, 0x135f,
];

/// Cells that one picture may be wide or high.
pub const MOST: u16 = NUMBERS.len() as u16;

/// Sends an image under a number, to be shown over this many cells wherever its placeholders are.
pub fn kitty(picture: &PixelBuffer, (across, down): (u16, u16), id: u32, tmux: bool) -> Option<String> {
    let encoded = encode_base64(&png(picture)?);
    let chunks: Vec<&[u8]> = encoded.as_bytes().chunks(CHUNK).collect();
    let mut text = String::with_capacity(encoded.len() + chunks.len() * 16);
    for (i, chunk) in chunks.iter().enumerate() {
        let more = u8::from(i + 1 < chunks.len());
        let mut command = String::from("\x1b_G");
        // Writing into a String cannot fail.
        let _ = if i == 0 {
            write!(
                command,
                "a=T,U=1,f=100,t=d,i={id},c={across},r={down},q=2,m={more};"
            )
        } else {
            write!(command, "q=2,m={more};")
        };
        // Base64 is ASCII: any cut is one between characters.
        command.push_str(std::str::from_utf8(chunk).ok()?);
        command.push_str("\x1b\\");
        text.push_str(&through(&command, tmux));
    }
    Some(text)
}

/// The character that shows one cell of the image, which is identified by the colour of the character.
pub fn placeholder(column: u16, row: u16) -> String {
    let mark = |number: u16| NUMBERS.get(usize::from(number)).copied();
    let marks = [row, column].into_iter().filter_map(mark);
    std::iter::once('\u{10EEEE}')
        .chain(marks.filter_map(|mark| char::from_u32(u32::from(mark))))
        .collect()
}
