//! Pixels as cells: half-blocks with colour, characters of similar brightness without.

use crate::graphics::Colours;
use natsbridge_wire::PixelBuffer;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// From dark to light.
const SHADES: &[u8] = b" .:-=+*#%@";
/// The two greys that show through transparent pixels, in squares of so many pixels.
const CHECKER: ([u8; 2], u32) = ([44, 60], 4);

/// Draws the image centred in the area, two pixels per row.
pub fn draw(picture: &PixelBuffer, area: Rect, buffer: &mut Buffer, colours: Colours) {
    let columns = picture.width.min(u32::from(area.width));
    let rows = picture.height.min(u32::from(area.height) * 2).div_ceil(2);
    let left = area.x + (u32::from(area.width) - columns) as u16 / 2;
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (column, row * 2);
            let upper = over_checker(picture.pixel(x, y), x, y);
            let lower = (y + 1 < picture.height).then(|| over_checker(picture.pixel(x, y + 1), x, y + 1));
            let Some(cell) = buffer.cell_mut((left + column as u16, area.y + row as u16)) else {
                continue;
            };
            if colours == Colours::None {
                cell.set_char(shade(upper, lower));
            } else {
                let style = Style::new().fg(rgb(upper));
                let style = lower.map_or(style, |lower| style.bg(rgb(lower)));
                cell.set_char('▀').set_style(colours.fit(style));
            }
        }
    }
}

fn over_checker([red, green, blue, opacity]: [u8; 4], x: u32, y: u32) -> [u8; 3] {
    let (greys, square) = CHECKER;
    let ground = greys[((x / square + y / square) % 2) as usize];
    let mix = |channel: u8| {
        let (channel, ground, opacity) = (u16::from(channel), u16::from(ground), u16::from(opacity));
        ((channel * opacity + ground * (255 - opacity) + 127) / 255) as u8
    };
    [red, green, blue].map(mix)
}

fn rgb([red, green, blue]: [u8; 3]) -> Color {
    Color::Rgb(red, green, blue)
}

/// The letter as bright as the two pixels of a cell (luma weights of ITU-R BT.601).
fn shade(upper: [u8; 3], lower: Option<[u8; 3]>) -> char {
    let luma =
        |[red, green, blue]: [u8; 3]| u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114;
    let both = luma(upper) + luma(lower.unwrap_or(upper));
    let step = both as usize * SHADES.len() / (2 * 255_000 + 1);
    char::from(SHADES.get(step).copied().unwrap_or(b' '))
}
