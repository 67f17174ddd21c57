//! Notices: short sentences at the lower right, for a while.

use crate::app::State;
use crate::ui::look::Look;
use crate::ui::paint::{Pen, row_of, wrap};
use crate::ui::text::{cells, head, left};
use crate::ui::theme::Role;
use crate::wire::{SafeText, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

/// Lines of one notice at most.
const MOST_LINES: usize = 4;
/// Bytes of one notice that are looked at.
const MOST_BYTES: usize = 1024;

/// Draws the notices over the lower right of the panes.
pub fn draw_notices(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let width = usize::from(body.width).saturating_sub(4).min(72);
    let mut bottom = body.bottom().saturating_sub(1);
    for notice in state.notices.iter().rev() {
        let text = SafeText::new(head(&notice.text, MOST_BYTES));
        let times = if notice.times > 1 {
            format!(" (×{})", notice.times)
        } else {
            String::new()
        };
        let mut lines = wrap(&format!("{}{times}", text.as_str()), width.saturating_sub(4));
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES);
            if let Some(last) = lines.last_mut() {
                last.push('…');
            }
        }
        let widest = lines.iter().map(|line| cells(line)).max().unwrap_or(0);
        let height = lines.len() as u16;
        if bottom < body.y + height {
            return;
        }
        let area = Rect {
            x: body.right().saturating_sub(widest as u16 + 6),
            y: bottom - height,
            width: (widest as u16 + 5).min(body.width),
            height,
        };
        Clear.render(area, buffer);
        let base = look.style(Role::Background).patch(look.style(Role::Selection));
        buffer.set_style(area, base);
        let mark = match notice.severity {
            Severity::Note => "●",
            Severity::Warning => "▲",
            Severity::Error => "✖",
        };
        for (i, line) in lines.iter().enumerate() {
            let mut pen = Pen::new(buffer, row_of(area, i));
            pen.skip(1);
            pen.write(
                if i == 0 { mark } else { " " },
                base.patch(look.style(notice.severity.into())),
            );
            pen.skip(1);
            pen.write(&left(line, widest), base);
        }
        bottom = area.y.saturating_sub(1);
    }
}
