//! What every view of a payload can do. A view owns its scroll, folds and cursor; it owns no data of the domain
//! beyond shared pointers, and it draws only what is visible.

use crate::app::{ImageMode, Links};
use crate::ui::colours::Colours;
use crate::ui::look::Look;
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A movement or small action, already translated from keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Motion {
    Up,
    Down,
    Left,
    Right,
    Top,
    Bottom,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    LineStart,
    LineEnd,
    /// Enter or Space: fold, unfold, open.
    Toggle,
    /// Folds or unfolds everything.
    ToggleAll,
    /// Wraps text or not; fits a picture or not.
    Wrap,
    /// Next or previous search match.
    NextMatch,
    PreviousMatch,
    /// Mouse wheel, in rows.
    Wheel(i16),
    /// Mouse click at a cell relative to the view's area.
    Click {
        column: u16,
        row: u16,
    },
}

/// What a view needs to draw beside its own state.
#[derive(Debug, Clone, Copy)]
pub struct PreviewContext<'a> {
    /// Styles.
    pub theme: &'a Theme,
    /// Whether the pane has the focus (the cursor is shown only then).
    pub focused: bool,
    /// Colours of the terminal.
    pub colours: Colours,
    /// How pictures are drawn.
    pub images: ImageMode,
}

/// One view.
pub trait Preview: Send {
    /// Draws into `area`; called only when something changed.
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>);
    /// Applies a motion; `false` when it means nothing to this view.
    fn act(&mut self, motion: Motion) -> bool;
    /// Searches (case-insensitive unless the pattern has capitals) and jumps to the first match from the cursor;
    /// returns how many there are, `None` where the view cannot be searched.
    fn search(&mut self, pattern: &str) -> Option<usize> {
        let _ = pattern;
        None
    }
    /// One short line about where the cursor is (`row 12 of 20,000 · col score`, `$.a.b[3]`, `offset 0x40`).
    fn position(&self) -> String {
        String::new()
    }
    /// Hears before every draw what is known of links now, and whether the pane has the focus.
    fn learn(&mut self, links: &Links, look: &Look, focused: bool) {
        let _ = (links, look, focused);
    }
    /// What `y` copies: the text under the cursor or the whole, as a person expects.
    fn copy(&self) -> Option<String> {
        None
    }
}
