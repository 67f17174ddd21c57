//! Where everything is drawn, for every terminal size. The layout table says which panes share the screen.

use crate::paint::{indented, split};
use natsbridge_app::Pane;
use ratatui::layout::{Position, Rect};
use serde::{Deserialize, Serialize};

/// Below this size only a message is shown.
pub const LEAST: (u16, u16) = (40, 10);
/// From this size on two panes are stacked.
const STACKED: (u16, u16) = (80, 24);
/// From this size on Subjects, Messages and the Inspector stand side by side.
const COLUMNS: (u16, u16) = (110, 24);
/// From this size on, Timeline and Compose are below them.
const ROWS: (u16, u16) = (110, 34);

/// Shares of the splits in thousandths, where they were set by hand; others follow the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Splits {
    /// Width of Subjects.
    pub subjects: Option<u16>,
    /// Width of the Inspector.
    pub inspector: Option<u16>,
    /// Height of the upper pane of a stack.
    pub upper: Option<u16>,
    /// Height of Timeline and Compose below the other panes.
    pub lower: Option<u16>,
    /// Width of Compose.
    pub compose: Option<u16>,
}

/// A border that can be dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Between Subjects and Messages.
    Subjects,
    /// Between Messages and the Inspector.
    Inspector,
    /// Between the stacked panes.
    Upper,
    /// Between the upper panes and Timeline and Compose.
    Lower,
    /// Between Timeline and Compose.
    Compose,
}

/// The regions of one frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The whole screen.
    pub screen: Rect,
    /// Header line.
    pub header: Rect,
    /// The line that replaces Subjects if there is no room for the pane.
    pub crumb: Option<Rect>,
    /// Panes with their regions, borders included.
    pub panes: Vec<(Pane, Rect)>,
    /// Footer line.
    pub footer: Rect,
    /// The room between header and footer.
    pub body: Rect,
}

impl Layout {
    /// Lays out a screen; `None` when it is too small.
    pub fn new(screen: Rect, focus: Pane, maximised: bool, splits: Splits) -> Option<Self> {
        if screen.width < LEAST.0 || screen.height < LEAST.1 {
            return None;
        }
        let (header, below) = split(screen, 1);
        let (body, footer) = split(below, usize::from(below.height) - 1);
        let mut layout = Self {
            screen,
            header,
            crumb: None,
            panes: vec![],
            footer,
            body,
        };
        let fits = |size: (u16, u16)| screen.width >= size.0 && screen.height >= size.1;
        let below = matches!(focus, Pane::Timeline | Pane::Compose);
        if maximised || !fits(STACKED) || (below && !fits(ROWS)) {
            layout.panes = vec![(focus, body)];
        } else if fits(ROWS) {
            layout.panes = rows(body, focus, splits);
        } else if fits(COLUMNS) {
            layout.panes = columns(body, focus, splits);
        } else {
            layout.stack(focus, splits);
        }
        Some(layout)
    }

    /// The region of a pane, if it is shown.
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        let mut panes = self.panes.iter();
        panes.find(|(at, _)| *at == pane).map(|(_, area)| *area)
    }

    /// The pane at a cell.
    pub fn at(&self, column: u16, row: u16) -> Option<(Pane, Rect)> {
        let position = Position::new(column, row);
        let mut panes = self.panes.iter().copied();
        panes.find(|(_, area)| area.contains(position))
    }

    /// The draggable border at a cell.
    pub fn split_at(&self, column: u16, row: u16) -> Option<Split> {
        let [(first, a), (second, b), ..] = self.panes[..] else {
            return None;
        };
        if first != Pane::Subjects || a.x == b.x {
            return (row == b.y && self.body.contains(Position::new(column, row))).then_some(Split::Upper);
        }
        let on = |x: u16| column == x || column + 1 == x;
        let inspector = self.pane(Pane::Inspector)?;
        if row >= a.bottom() {
            let compose = self.pane(Pane::Compose)?;
            return match row == compose.y {
                true => Some(Split::Lower),
                false if on(compose.x) && row + 1 < self.body.bottom() => Some(Split::Compose),
                false => None,
            };
        }
        match (second, self.body.y < row && row + 1 < a.bottom()) {
            (Pane::Messages, true) if on(b.x) => Some(Split::Subjects),
            (Pane::Messages, true) if on(inspector.x) => Some(Split::Inspector),
            _ => None,
        }
    }

    /// The shares after a border was dragged to a cell.
    pub fn dragged(&self, border: Split, column: u16, row: u16, mut splits: Splits) -> Splits {
        // Rounded up so that the border ends up where it was dragged to.
        let share = |part: u16, whole: u16| (u32::from(part) * 1000).div_ceil(u32::from(whole.max(1))) as u16;
        let Rect { width, height, .. } = self.body;
        let x = column.saturating_sub(self.body.x);
        let y = row.saturating_sub(self.body.y);
        let right = share(width.saturating_sub(x), width);
        match border {
            Split::Subjects => splits.subjects = Some(share(x, width).clamp(100, 400)),
            Split::Inspector => splits.inspector = Some(right.clamp(200, 600)),
            Split::Upper => splits.upper = Some(share(y, height).clamp(200, 800)),
            Split::Lower => splits.lower = Some(share(height.saturating_sub(y), height).clamp(200, 700)),
            Split::Compose => splits.compose = Some(right.clamp(250, 700)),
        }
        splits
    }

    /// The shares with a pane wider and higher by so many cells; `None` where no border of it can move that way.
    pub fn grown(&self, pane: Pane, (across, down): (i16, i16), splits: Splits) -> Option<Splits> {
        let area = self.pane(pane)?;
        let moved = |at: u16, by: i16| at.saturating_add_signed(by);
        let (left, top) = (area.x > self.body.x, area.y > self.body.y + 1);
        let side_by_side = self.panes.first()?.1.x != self.panes.get(1)?.1.x;
        if across != 0 {
            // A pane at the left edge moves its right border, others their left one; Messages is followed by the
            // Inspector.
            let (split, x) = match pane {
                Pane::Subjects => (Split::Subjects, moved(area.right(), across)),
                Pane::Messages => (Split::Inspector, moved(area.right(), across)),
                Pane::Inspector => (Split::Inspector, moved(area.x, -across)),
                Pane::Timeline => (Split::Compose, moved(area.right(), across)),
                Pane::Compose => (Split::Compose, moved(area.x, -across)),
            };
            let movable = side_by_side && (left || area.right() < self.body.right());
            return movable.then(|| self.dragged(split, x, area.y, splits));
        }
        let split = if side_by_side { Split::Lower } else { Split::Upper };
        let y = if top {
            moved(area.y, -down)
        } else {
            moved(area.bottom(), down)
        };
        let movable = top || area.bottom() < self.body.bottom();
        movable.then(|| self.dragged(split, area.x, y, splits))
    }

    /// Subjects is a line above Messages and Inspector; focused, it takes the upper half. The focused pane grows.
    fn stack(&mut self, focus: Pane, splits: Splits) {
        let (upper, lower, share) = match focus {
            Pane::Subjects => (Pane::Subjects, Pane::Messages, 500),
            Pane::Messages => (Pane::Messages, Pane::Inspector, 550),
            Pane::Inspector => (Pane::Messages, Pane::Inspector, 350),
            // These take the whole screen if it is small.
            Pane::Timeline | Pane::Compose => (Pane::Timeline, Pane::Compose, 500),
        };
        let mut body = self.body;
        if upper != Pane::Subjects {
            let (crumb, below) = split(body, 1);
            (self.crumb, body) = (Some(crumb), below);
        }
        let height = part(body.height, splits.upper.unwrap_or(share)).clamp(4, body.height - 4);
        let (above, below) = split(body, height.into());
        self.panes = vec![(upper, above), (lower, below)];
    }
}

/// Three panes above, two below; below, too, the focused pane grows.
fn rows(body: Rect, focus: Pane, splits: Splits) -> Vec<(Pane, Rect)> {
    let (height, width) = match focus {
        Pane::Timeline => (450, 320),
        Pane::Compose => (450, 480),
        _ => (300, 420),
    };
    let height = part(body.height, splits.lower.unwrap_or(height)).clamp(8, body.height - 10);
    let (upper, below) = split(body, usize::from(body.height - height));
    let mut panes = columns(upper, focus, splits);
    let compose = part(body.width, splits.compose.unwrap_or(width)).clamp(34, body.width - 40);
    let width = body.width - compose;
    panes.push((Pane::Timeline, Rect { width, ..below }));
    panes.push((Pane::Compose, indented(below, width)));
    panes
}

/// Subjects, Messages and the Inspector beside each other. The narrower the screen, the more the focused one grows.
fn columns(body: Rect, focus: Pane, splits: Splits) -> Vec<(Pane, Rect)> {
    let subjects = match (focus, body.width) {
        (Pane::Subjects, ..160) => 260,
        (Pane::Inspector, ..150) => 170,
        (_, ..130) => 200,
        _ => 180,
    };
    let inspector = match (focus, body.width) {
        (Pane::Inspector, ..150) => 500,
        (Pane::Inspector, _) => 440,
        (_, ..130) => 310,
        // Wide enough for a table of a few columns.
        (_, ..150) => 360,
        _ => 350,
    };
    let first = part(body.width, splits.subjects.unwrap_or(subjects)).clamp(20, body.width - 60);
    let least = if focus == Pane::Inspector && splits.inspector.is_none() {
        60
    } else {
        28
    };
    let most = body.width - first - 30;
    let last = part(body.width, splits.inspector.unwrap_or(inspector)).clamp(least.min(most), most);
    let mut x = body.x;
    [
        (Pane::Subjects, first),
        (Pane::Messages, body.width - first - last),
        (Pane::Inspector, last),
    ]
    .into_iter()
    .map(|(pane, width)| {
        let area = Rect { x, width, ..body };
        x += width;
        (pane, area)
    })
    .collect()
}

fn part(whole: u16, share: u16) -> u16 {
    (u32::from(whole) * u32::from(share) / 1000) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: u16, height: u16, focus: Pane) -> Option<Layout> {
        Layout::new(Rect::new(0, 0, width, height), focus, false, Splits::default())
    }

    #[test]
    fn every_size_is_filled_without_overlap() {
        for (width, height) in [
            (40, 10),
            (60, 20),
            (80, 24),
            (80, 60),
            (120, 40),
            (200, 60),
            (110, 24),
            (1000, 300),
        ] {
            for focus in Pane::ALL {
                let layout = layout(width, height, *focus).expect("large enough");
                let crumb = layout.crumb.map_or(0, Rect::area);
                let area: u32 = layout.panes.iter().map(|(_, area)| area.area()).sum();
                let bars = layout.header.area() + layout.footer.area();
                assert_eq!(area + crumb + bars, u32::from(width) * u32::from(height));
                assert!(layout.pane(*focus).is_some(), "{focus:?} at {width}x{height}");
            }
        }
    }

    #[test]
    fn tiny_screens_are_refused_and_small_ones_show_one_pane() {
        assert_eq!(layout(39, 10, Pane::Messages), None);
        assert_eq!(layout(1, 1, Pane::Messages), None);
        assert_eq!(
            layout(40, 10, Pane::Messages).map(|layout| layout.panes.len()),
            Some(1)
        );
        assert_eq!(
            layout(120, 40, Pane::Messages).map(|layout| layout.panes.len()),
            Some(5)
        );
    }

    #[test]
    fn the_focused_pane_grows_where_room_is_short_and_sizes_set_by_hand_stay() {
        let width = |screen: u16, focus, splits| {
            let layout =
                Layout::new(Rect::new(0, 0, screen, 40), focus, false, splits).expect("large enough");
            let inspector = layout.pane(Pane::Inspector).expect("shown").width;
            let messages = layout.pane(Pane::Messages).expect("shown").width;
            (inspector, messages)
        };
        let own = Splits::default();
        assert!(width(120, Pane::Inspector, own).0 >= 60);
        assert!(width(140, Pane::Messages, own).0 >= 50);
        for screen in 110..300 {
            let (inspector, messages) = width(screen, Pane::Inspector, own);
            assert!(inspector >= 60.min(screen - 50) && messages >= 30, "{screen}");
            assert!(inspector >= width(screen, Pane::Messages, own).0, "{screen}");
        }
        let by_hand = Splits {
            inspector: Some(300),
            ..own
        };
        let at_rest = width(120, Pane::Messages, by_hand);
        assert_eq!(width(120, Pane::Inspector, by_hand).0, at_rest.0);
        let height = |focus| {
            layout(120, 40, focus)
                .and_then(|layout| layout.pane(Pane::Timeline))
                .map(|at| at.height)
        };
        assert!(height(Pane::Timeline) > height(Pane::Messages));
    }

    #[test]
    fn borders_are_dragged_within_bounds() {
        let layout = layout(120, 40, Pane::Messages).expect("large enough");
        let messages = layout.pane(Pane::Messages).expect("shown");
        assert_eq!(layout.split_at(messages.x, 10), Some(Split::Subjects));
        assert_eq!(layout.split_at(messages.x + 10, 10), None);
        let splits = layout.dragged(Split::Subjects, 119, 10, Splits::default());
        assert_eq!(splits.subjects, Some(400));
        let compose = layout.pane(Pane::Compose).expect("shown");
        assert_eq!(layout.split_at(10, compose.y), Some(Split::Lower));
        assert_eq!(layout.split_at(compose.x, compose.y + 3), Some(Split::Compose));
        let splits = layout.dragged(Split::Lower, 10, 5, Splits::default());
        assert_eq!(splits.lower, Some(700));
    }
}
