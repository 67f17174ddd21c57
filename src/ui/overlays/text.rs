//! A text for review before it is copied or saved: a dry run, or the message in another format.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, cells, centred, field, fit_middle, head, open_box, row_of};
use natsbridge_app::{Action, size};
use natsbridge_wire::SafeText;
use ratatui::buffer::Buffer;

/// Cells of the box at most.
const WIDTH: u16 = 110;

/// Draws the text, scrolled by `top` rows.
pub fn draw_text(top: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let OverlayScene { body, state, look } = scene;
    let shown = state.compose.text.as_ref();
    let text = shown.map_or("", |text| head(&text.body, state.limits.text_shown));
    let width = usize::from(WIDTH.min(body.width).saturating_sub(4)).max(1);
    let rows = rows(text, width);
    let most = body.height.saturating_sub(2).max(6);
    // Its border and the line of its keys.
    let height = u16::try_from(rows.len() + 3).map_or(most, |height| height.clamp(6.min(most), most));
    let area = centred(body, WIDTH, height);
    let room = usize::from(area.width.saturating_sub(6));
    let title = shown.map_or_else(String::new, |text| fit_middle(field(&text.title), room));
    let inner = open_box(&title, area, buffer, look);
    let list = usize::from(inner.height.saturating_sub(1));
    let top = top.min(rows.len().saturating_sub(list));
    for (line, row) in inner.rows().zip(rows.iter().skip(top).take(list)) {
        Pen::new(buffer, line, look).skip(1).write(row, Role::Text);
    }
    let all = shown.map_or(0, |text| text.body.len());
    let save = look.key(Action::SaveDraft);
    let mut foot = format!(
        "{} · Enter copies · {save} saves to a file · Esc closes",
        size(all)
    );
    let rest = all - text.len();
    if rest > 0 {
        foot = format!("{} not shown · {foot}", size(rest));
    } else if rows.len() > list {
        foot = format!("{} of {} rows · {foot}", top + list, rows.len());
    }
    Pen::new(buffer, row_of(inner, list), look)
        .skip(1)
        .write(&foot, Role::Dim);
    Drawn::new(area)
}

/// The text in rows of that width, every line broken where it is too long.
fn rows(text: &str, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let line = SafeText::line(line);
        let wide = cells(line.as_str());
        let mut from = 0;
        loop {
            rows.push(line.slice_cells(from, width).as_str().to_owned());
            from += width;
            if from >= wide {
                break;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn long_lines_are_broken_and_nothing_acts_on_the_terminal() {
        assert_eq!(rows("abcdef\n\n\u{1b}[31m", 4), ["abcd", "ef", "", "␛[31", "m"]);
    }
}
