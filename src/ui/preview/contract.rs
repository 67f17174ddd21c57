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
    /// The cursor of the page comes to that row of the view's area.
    Point(u16),
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
    /// Whether it stands among others on the page of its message, which says what it is.
    pub on_page: bool,
}

impl<'a> PreviewContext<'a> {
    /// As things look; `covered` where something lies over the view.
    pub fn new(look: &'a Look, focused: bool, covered: bool) -> Self {
        Self {
            theme: &look.theme,
            focused,
            colours: look.colours,
            pictures: look.pictures(covered),
            on_page: false,
        }
    }
}

impl Motion {
    /// The rows that it moves by, upwards as a negative number, where a page and half a page have so many.
    pub fn rows(self, page: usize, half: usize) -> Option<isize> {
        let (page, half) = (page.cast_signed(), half.cast_signed());
        Some(match self {
            Self::Up => -1,
            Self::Down => 1,
            Self::PageUp => -page,
            Self::PageDown => page,
            Self::HalfUp => -half,
            Self::HalfDown => half,
            _ => return None,
        })
    }
}

/// One view.
pub trait Preview: Send {
    /// The view that does what this one does not do itself: in a frame, beside others, or in another form.
    fn inner(&self) -> Option<&dyn Preview> {
        None
    }
    /// The same, to be changed.
    fn inner_mut(&mut self) -> Option<&mut dyn Preview> {
        None
    }
    /// Fits it to the area that it will be drawn in: called before every draw.
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        if let Some(inner) = self.inner_mut() {
            inner.fit(area, context);
        }
    }
    /// Draws into `area`, which it was fitted to; called only when something changed.
    fn draw(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let area = area.intersection(buffer.area);
        if !area.is_empty() {
            self.paint(area, buffer, context);
        }
    }
    /// Draws into an area that lies within the buffer and is not empty.
    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        if let Some(inner) = self.inner() {
            inner.draw(area, buffer, context);
        }
    }
    /// The rows that all of it takes on a page, at most so many.
    fn wanted_rows(&self, width: u16, most: u16, context: PreviewContext<'_>) -> u16 {
        let inner = self.inner();
        inner.map_or(most, |inner| inner.wanted_rows(width, most, context))
    }
    /// How much there is in all, where a page may show a part: `20,000 rows`.
    fn extent(&self) -> Option<String> {
        self.inner()?.extent()
    }
    /// The row under its cursor, from the top of the area that it was fitted to.
    fn cursor_row(&self) -> Option<u16> {
        self.inner()?.cursor_row()
    }
    /// Applies a motion; `false` when it means nothing to this view.
    fn act(&mut self, motion: Motion) -> bool {
        self.inner_mut().is_some_and(|inner| inner.act(motion))
    }
    /// Searches (case-insensitive unless the pattern has capitals) and jumps to the first match from the cursor;
    /// and says how many there are.
    fn search(&mut self, pattern: &str) -> Searched {
        let inner = self.inner_mut();
        inner.map_or(Searched::Not, |inner| inner.search(pattern))
    }
    /// A short line about the cursor position (`row 12 of 20,000 · col score`, `a.b[3]`, `offset 0x40`).
    fn position(&self) -> String {
        self.inner().map_or_else(String::new, Preview::position)
    }
    /// Called before every fit with what is known about links, and whether the pane has the focus.
    fn learn(&mut self, links: &Links, look: &Look, focused: bool) {
        if let Some(inner) = self.inner_mut() {
            inner.learn(links, look, focused);
        }
    }
    /// The text that `y` copies: the item under the cursor or the whole content.
    fn copy(&self) -> Option<String> {
        self.inner()?.copy()
    }
    /// The kind of view, if it has keys of its own.
    fn kind(&self) -> Option<ViewKind> {
        self.inner()?.kind()
    }
    /// Runs an action of its kind; `None` if it does not handle it.
    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        self.inner_mut()?.run(action)
    }
    /// Checks the answer being typed to its question; returns where it is wrong, and why.
    fn check(&self, question: ViewQuestion, text: &str) -> Result<(), FilterError> {
        self.inner().map_or(Ok(()), |inner| inner.check(question, text))
    }
    /// Words that an answer to its question may hold: they are offered while it is typed.
    fn words(&self, question: ViewQuestion) -> Vec<String> {
        self.inner().map_or_else(Vec::new, |inner| inner.words(question))
    }
    /// Handles the answer to its question; on an error, a sentence without full stop, the question is asked again.
    fn answer(&mut self, question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        let inner = self.inner_mut();
        inner.map_or(Ok(vec![]), |inner| inner.answer(question, text))
    }
    /// Handles the result of work it requested.
    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        let inner = self.inner_mut();
        inner.map_or_else(Vec::new, |inner| inner.worked(slot, result))
    }
    /// Requests since it was last drawn or used; polled after every frame.
    fn wishes(&mut self) -> Vec<Wish> {
        self.inner_mut().map_or_else(Vec::new, Preview::wishes)
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

/// What came of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// The view cannot be searched.
    Not,
    /// All was searched, and so many matches found.
    All(usize),
    /// So many so far; the rest is searched as long work, and the view's position tells how many there are.
    SoFar(usize),
    /// So many nearby; the rest is too much to be searched.
    Nearby(usize),
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
}

impl Wish {
    /// A notice as the only wish.
    pub fn tell(severity: Severity, text: impl Into<String>) -> Vec<Self> {
        vec![Self::Tell(severity, text.into())]
    }
}
