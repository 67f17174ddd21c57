//! The inline images of iTerm2: one OSC 1337 with a PNG.

use super::passthrough::through;
use super::png::png;
use natsbridge_wire::{PixelBuffer, encode_base64};

/// The picture over so many cells from the cursor on.
pub fn iterm2(picture: &PixelBuffer, (across, down): (u16, u16), tmux: bool) -> Option<String> {
    let png = png(picture)?;
    let size = png.len();
    let sequence = format!(
        "\x1b]1337;File=inline=1;size={size};width={across};height={down};preserveAspectRatio=0;doNotMoveCursor=1:{}\x07",
        encode_base64(&png)
    );
    Some(through(&sequence, tmux))
}
