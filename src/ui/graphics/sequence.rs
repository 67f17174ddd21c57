//! An image as a single terminal sequence that never exceeds the limit: larger ones are made coarser.

use super::iterm2::iterm2;
use super::kitty::{MOST, kitty};
use super::protocol::{Graphics, Protocol};
use super::sixel::sixel;
use natsbridge_wire::{Part, PixelBuffer};
use std::fmt::Write as _;
use std::sync::Arc;

/// A picture as it goes out.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// What is written at its first cell.
    pub sequence: Arc<str>,
    /// Cells that it covers, across and down.
    pub cells: (u16, u16),
    /// The number that its placeholders bear in their colour; kitty only.
    pub id: Option<u32>,
}

/// Cells that a picture may cover in one direction.
pub fn most_cells(graphics: Graphics) -> u16 {
    match graphics.protocol {
        Protocol::Kitty => MOST,
        Protocol::Iterm2 | Protocol::Sixel => u16::MAX,
    }
}

/// Encodes an image that already has screen resolution; `None` if it stays too long at any quality.
pub fn encode(picture: &PixelBuffer, graphics: Graphics, most: usize, id: u32) -> Option<Drawn> {
    let cells = |pixels: u32, of: u16| pixels.div_ceil(u32::from(of.max(1))) as u16;
    let cells = (
        cells(picture.width, graphics.cell.0),
        cells(picture.height, graphics.cell.1),
    );
    let coarser = [(1, 256), (2, 64), (4, 16), (8, 8)];
    let mut sequences = coarser
        .iter()
        .filter_map(|(divisor, colours)| match graphics.protocol {
            // It already has screen resolution, so only the colours can be reduced.
            Protocol::Sixel => sixel(picture, *colours),
            protocol => {
                let (width, height) = (picture.width / divisor, picture.height / divisor);
                let smaller = (*divisor > 1).then(|| picture.scaled(Part::whole(picture), width, height));
                let picture = smaller.as_ref().unwrap_or(picture);
                if protocol == Protocol::Kitty {
                    kitty(picture, cells, id, graphics.tmux)
                } else {
                    iterm2(picture, cells, graphics.tmux)
                }
            }
        });
    let sequence = sequences.find(|sequence| sequence.len() <= most)?;
    Some(match graphics.protocol {
        Protocol::Kitty => Drawn {
            sequence: sequence.into(),
            cells,
            id: Some(id),
        },
        Protocol::Iterm2 | Protocol::Sixel => Drawn {
            sequence: over_cleared(&sequence, cells).into(),
            cells,
            id: None,
        },
    })
}

/// The sequence, preceded by clearing its cells; the cursor ends up in the cell after the first.
fn over_cleared(sequence: &str, (across, down): (u16, u16)) -> String {
    let mut text = String::with_capacity(sequence.len() + usize::from(down) * 12 + 16);
    text.push_str("\x1b7");
    for row in 0..down {
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "\x1b[{across}X{}",
            if row + 1 < down { "\x1b[B" } else { "" }
        );
    }
    text.push_str("\x1b8\x1b7");
    text.push_str(sequence);
    text.push_str("\x1b8\x1b[C");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use icy_sixel::SixelImage;
    use natsbridge_wire::{Limits, decode_base64, decode_image};

    fn picture(width: u32, height: u32) -> PixelBuffer {
        let pixel = |i: u32| [(i % 251) as u8, (i / 7 % 241) as u8, (i / 31 % 239) as u8, 255];
        PixelBuffer {
            width,
            height,
            rgba: (0..width * height).flat_map(pixel).collect(),
        }
    }

    fn graphics(protocol: Protocol, tmux: bool) -> Graphics {
        Graphics {
            protocol,
            tmux,
            cell: (8, 16),
        }
    }

    fn encoded(picture: &PixelBuffer, protocol: Protocol, tmux: bool) -> Drawn {
        encode(picture, graphics(protocol, tmux), 2 << 20, 77).unwrap()
    }

    /// What tmux hands to the terminal outside.
    fn unwrapped(text: &str) -> String {
        let parts = text.split("\x1bPtmux;").skip(1);
        parts
            .map(|part| {
                // Every escape inside is doubled; the first single one ends it.
                let doubled = part.strip_suffix("\x1b\\").unwrap();
                assert!(!doubled.replace("\x1b\x1b", "").contains('\x1b'));
                doubled.replace("\x1b\x1b", "\x1b")
            })
            .collect()
    }

    /// The PNG that kitty would put together, with the keys of the first command.
    fn kitty_png(text: &str) -> (String, Vec<u8>) {
        let (mut keys, mut encoded) = (String::new(), String::new());
        let commands: Vec<&str> = text.split("\x1b_G").skip(1).collect();
        for (i, command) in commands.iter().enumerate() {
            let (head, data) = command.strip_suffix("\x1b\\").unwrap().split_once(';').unwrap();
            let last = i + 1 == commands.len();
            assert!(head.ends_with(if last { "m=0" } else { "m=1" }), "{head}");
            assert!(data.len() <= 4096 && (last || data.len() % 4 == 0));
            if i == 0 {
                keys = head.to_owned();
            }
            encoded.push_str(data);
        }
        (keys, decode_base64(&encoded).unwrap().0)
    }

    fn same(png: &[u8], expected: &PixelBuffer) {
        assert_eq!(&decode_image(png, &Limits::DEFAULT).unwrap(), expected);
    }

    #[test]
    fn kitty_puts_the_same_pixels_together() {
        let picture = picture(120, 64);
        for tmux in [false, true] {
            let drawn = encoded(&picture, Protocol::Kitty, tmux);
            assert_eq!((drawn.cells, drawn.id), ((15, 4), Some(77)));
            let text = if tmux {
                unwrapped(&drawn.sequence)
            } else {
                drawn.sequence.to_string()
            };
            let (keys, png) = kitty_png(&text);
            assert_eq!(keys, "a=T,U=1,f=100,t=d,i=77,c=15,r=4,q=2,m=1");
            same(&png, &picture);
        }
    }

    #[test]
    fn iterm2_gets_the_same_pixels() {
        let picture = picture(50, 40);
        for tmux in [false, true] {
            let drawn = encoded(&picture, Protocol::Iterm2, tmux);
            assert_eq!((drawn.cells, drawn.id), ((7, 3), None));
            let text = drawn.sequence.to_string();
            let inner = text
                .strip_prefix("\x1b7\x1b[7X\x1b[B\x1b[7X\x1b[B\x1b[7X\x1b8\x1b7")
                .unwrap()
                .strip_suffix("\x1b8\x1b[C")
                .unwrap();
            let inner = if tmux { unwrapped(inner) } else { inner.to_owned() };
            let (head, data) = inner.split_once(':').unwrap();
            let png = decode_base64(data.strip_suffix('\x07').unwrap()).unwrap().0;
            let size = png.len();
            assert_eq!(
                head,
                format!(
                    "\x1b]1337;File=inline=1;size={size};width=7;height=3;preserveAspectRatio=0;doNotMoveCursor=1"
                )
            );
            same(&png, &picture);
        }
    }

    #[test]
    fn sixel_reads_back_in_its_size_and_nearly_its_colours() {
        let picture = PixelBuffer {
            width: 40,
            height: 20,
            rgba: [200, 100, 50, 255].repeat(800).into(),
        };
        let drawn = encoded(&picture, Protocol::Sixel, false);
        let (start, end) = (
            drawn.sequence.find("\x1bP").unwrap(),
            drawn.sequence.rfind("\x1b8").unwrap(),
        );
        let back = SixelImage::decode(&drawn.sequence.as_bytes()[start..end]).unwrap();
        // It comes in bands of six rows; the last is filled with what shows through.
        assert_eq!((back.width, back.height), (40, 24));
        let near = |a: u8, b: u8| a.abs_diff(b) <= 3;
        let (drawn, filled) = back.pixels.split_at(40 * 20 * 4);
        assert!(
            drawn
                .chunks_exact(4)
                .all(|p| near(p[0], 200) && near(p[1], 100) && near(p[2], 50) && p[3] == 255)
        );
        assert!(filled.chunks_exact(4).all(|p| p[3] == 0));
    }

    #[test]
    fn what_would_be_too_long_is_coarser_or_not_sent() {
        let mut noise = picture(400, 400);
        let mut seed = 1u32;
        let mut random = |byte| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if byte % 4 == 3 {
                u8::MAX
            } else {
                (seed >> 24) as u8
            }
        };
        noise.rgba = (0..noise.rgba.len()).map(&mut random).collect();
        for protocol in [Protocol::Kitty, Protocol::Iterm2, Protocol::Sixel] {
            let whole = encode(&noise, graphics(protocol, false), usize::MAX, 1).unwrap();
            let most = whole.sequence.len() * 2 / 3;
            let coarse = encode(&noise, graphics(protocol, false), most, 1).unwrap();
            assert!(
                coarse.sequence.len() <= most + 1000 && coarse.cells == whole.cells,
                "{protocol:?}"
            );
            assert!(encode(&noise, graphics(protocol, false), 100, 1).is_none());
        }
    }
}
