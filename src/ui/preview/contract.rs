//! The interface of all payload views. A view owns its scroll position, folds and cursor; it shares the data it shows
//! and draws only what is visible. What it cannot do itself it requests: clipboard texts, questions, long work,
//! sheets.

use crate::graphics::{Colours, ImageMethod};
use crate::look::{Look, Theme};
use natsbridge_app::{Action, Links, Progress, ViewKind, ViewQuestion};
use natsbridge_wire::{FilterError, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::any::Any;

/// A movement or small action, already translated from keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
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
    pub pictures: ImageMethod,
}

impl<'a> PreviewContext<'a> {
    /// As things look; `covered` where something lies over the view.
    pub fn new(look: &'a Look, focused: bool, covered: bool) -> Self {
        Self {
            theme: &look.theme,
            focused,
            colours: look.colours,
            pictures: look.pictures(covered),
        }
    }
}

/// One view.
pub trait Preview: Send {
    /// Fits it to the area that it will be drawn in: called before every draw.
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        let _ = (area, context);
    }
    /// Draws into `area`, which it was fitted to; called only when something changed.
    fn draw(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>);
    /// Applies a motion; `false` when it means nothing to this view.
    fn act(&mut self, motion: Motion) -> bool;
    /// Searches (case-insensitive unless the pattern has capitals) and jumps to the first match from the cursor;
    /// returns how many there are, `None` where the view cannot be searched.
    fn search(&mut self, pattern: &str) -> Option<usize> {
        let _ = pattern;
        None
    }
    /// A short line about the cursor position (`row 12 of 20,000 · col score`, `a.b[3]`, `offset 0x40`).
    fn position(&self) -> String {
        String::new()
    }
    /// Called before every fit with what is known about links, and whether the pane has the focus.
    fn learn(&mut self, links: &Links, look: &Look, focused: bool) {
        let _ = (links, look, focused);
    }
    /// The text that `y` copies: the item under the cursor or the whole content.
    fn copy(&self) -> Option<String> {
        None
    }
    /// The kind of view, if it has keys of its own.
    fn kind(&self) -> Option<ViewKind> {
        None
    }
    /// Runs an action of its kind; `None` if it does not handle it.
    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        let _ = action;
        None
    }
    /// Checks the answer being typed to its question; returns where it is wrong, and why.
    fn check(&self, question: ViewQuestion, text: &str) -> Result<(), FilterError> {
        let _ = (question, text);
        Ok(())
    }
    /// Words that an answer to its question may hold: they are offered while it is typed.
    fn words(&self, question: ViewQuestion) -> Vec<String> {
        let _ = question;
        vec![]
    }
    /// Handles the answer to its question; on an error, a sentence without full stop, the question is asked again.
    fn answer(&mut self, question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        let _ = (question, text);
        Ok(vec![])
    }
    /// Handles the result of work it requested.
    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        let _ = (slot, result);
        vec![]
    }
    /// Requests since it was last drawn or used; polled after every frame.
    fn wishes(&mut self) -> Vec<Wish> {
        vec![]
    }
}

/// The result of some work; the view that requested it knows its type.
pub type WorkResult = Box<dyn Any + Send>;

/// Long work, run on its own thread. New work for the same slot and view replaces it.
pub struct Work {
    /// What the view knows it by.
    pub slot: &'static str,
    /// What is being done, as the screen says it: `sorting by score`.
    pub doing: String,
    /// The work. It reports progress and stops early when cancelled.
    pub run: Box<dyn FnOnce(&Progress) -> WorkResult + Send>,
}

impl Work {
    /// Work whose result is handed to [`Preview::worked`].
    pub fn new<T: Send + 'static>(
        slot: &'static str,
        doing: impl Into<String>,
        run: impl FnOnce(&Progress) -> T + Send + 'static,
    ) -> Self {
        Self {
            slot,
            doing: doing.into(),
            run: Box::new(move |progress| Box::new(run(progress))),
        }
    }
}

/// A view shown over the panes until it is closed.
pub struct Sheet {
    /// What stands in its border.
    pub title: String,
    /// What it shows.
    pub view: Box<dyn Preview>,
}

/// A request of a view.
pub enum Wish {
    /// A text on the clipboard.
    Copy(String),
    /// A notice.
    Tell(Severity, String),
    /// A question to a person, and the text that its line starts with.
    Ask(ViewQuestion, String),
    /// Long work.
    Work(Work),
    /// A sheet over the panes.
    Lay(Sheet),
    /// Another view to replace it.
    Become(Box<dyn Preview>),
}
