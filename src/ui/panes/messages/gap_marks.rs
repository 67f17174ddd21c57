//! The lines of the message list: rows, and gap marks where messages may be missing. Marks cannot be selected and are
//! not counted.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, field, fit_end, scrolled};
use natsbridge_app::State;
use natsbridge_engine::Gap;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListLine {
    /// The message of that number.
    Message(u64),
    /// Messages may be missing here.
    Mark(Gap),
}

/// The lines of a list of this height in which the row at position `at` is visible, starting near `top`. A loss after
/// the last row is shown below it.
pub fn lines(state: &State, top: usize, at: usize, height: usize) -> Vec<ListLine> {
    let gaps = state.store.gaps();
    let top = scrolled(top, at, height, state.messages.list.len());
    let above = top
        .checked_sub(1)
        .and_then(|above| state.messages.list.get(above));
    let mut after = above.unwrap_or(0);
    let mut lines = Vec::with_capacity(height + 1);
    // Grows until everything that must be visible is included.
    let mut needed = 0;
    for place in top..=state.messages.list.len() {
        let seq = state.messages.list.get(place);
        let mark = merged(&gaps, after + 1, seq.unwrap_or(u64::MAX));
        lines.extend(mark.map(ListLine::Mark));
        lines.extend(seq.map(ListLine::Message));
        after = seq.unwrap_or(after);
        let ends_below = seq.is_none() && at + 1 == place && height > 1;
        if place == at || ends_below {
            needed = lines.len();
        }
        if place > at && lines.len() >= height {
            break;
        }
    }
    lines.drain(..needed.saturating_sub(height));
    lines.truncate(height);
    lines
}

/// The gaps before the messages in a range, merged.
fn merged(gaps: &[Gap], from: u64, to: u64) -> Option<Gap> {
    let start = gaps.partition_point(|gap| gap.before < from);
    let between = &gaps[start..start + gaps[start..].partition_point(|gap| gap.before <= to)];
    let (first, last) = (between.first()?, between.last()?);
    Some(Gap {
        from_us: first.from_us,
        ..last.clone()
    })
}

/// Draws a mark: `── 12:01:02 – 12:01:05  messages may be missing: the broker closed the connection ──`; on a narrow list
/// the cause comes first.
pub fn draw_mark(gap: &Gap, place: Rect, buffer: &mut Buffer, look: &Look) {
    let (from, to) = (look.second_of_day(gap.from_us), look.second_of_day(gap.to_us));
    let mut pen = Pen::new(buffer, place, look);
    pen.skip(2)
        .write("── ", Role::Border)
        .write(format!("{from} – {to}  "), Role::Dim);
    let cause = field(&gap.cause);
    let whole = "messages may be missing: ";
    let fits = cells(whole) + cells(&cause) <= pen.room();
    pen.write(if fits { whole } else { "gap: " }, Role::Caution);
    pen.write(fit_end(&cause, pen.room()), Role::Dim);
    let rest = pen.room().saturating_sub(1);
    pen.skip(1).write("─".repeat(rest), Role::Border);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(before: u64) -> Gap {
        Gap {
            before,
            from_us: before as i64,
            to_us: before as i64 + 1,
            cause: "c".into(),
        }
    }

    #[test]
    fn gaps_between_the_same_rows_are_one() {
        let gaps = [gap(3), gap(3), gap(5), gap(9)];
        assert_eq!(merged(&gaps, 1, 2), None);
        assert_eq!(
            merged(&gaps, 1, 5).map(|gap| (gap.from_us, gap.to_us)),
            Some((3, 6))
        );
        assert_eq!(merged(&gaps, 6, u64::MAX).map(|gap| gap.before), Some(9));
    }
}
