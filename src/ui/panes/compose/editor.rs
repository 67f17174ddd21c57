//! A multi-line text, edited in the whole pane: undo, search, paste. It returns its text when it is closed.

use super::find::{Match, find};
use super::stand_ins::StandIns;
use crate::look::{Look, Role, line_edit};
use crate::paint::{Pen, cells, field, split};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use natsbridge_app::{
    ComposeMsg, Edit, LineEdit, Msg, TextEdit, count, pasted_text, size, too_large_to_edit,
};
use natsbridge_wire::{Limits, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, Scrolling, TextArea, WrapMode};

/// Steps that can be undone.
const UNDO: usize = 500;

/// The editor.
pub struct Editor {
    writing: TextEdit,
    area: TextArea<'static>,
    /// What stands in the area for graphemes of several characters.
    stand_ins: StandIns,
    limits: Limits,
    bytes: usize,
    /// Characters that cannot be displayed.
    hidden: usize,
    /// What is searched for, while it is typed.
    finding: Option<LineEdit>,
    wanted: String,
    /// The result of the last search.
    found: String,
    inner: Rect,
    foot: Rect,
}

impl Editor {
    /// An editor that holds a text.
    pub fn new(writing: TextEdit, text: &str, limits: &Limits) -> Self {
        let mut stand_ins = StandIns::default();
        let folded = stand_ins.fold(text);
        let mut area = TextArea::new(folded.split('\n').map(str::to_owned).collect());
        area.set_max_histories(UNDO);
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_cursor_line_style(Style::default());
        if text.lines().count() <= 1 {
            area.move_cursor(CursorMove::End);
        }
        Self {
            writing,
            area,
            stand_ins,
            limits: limits.clone(),
            bytes: text.len(),
            hidden: hidden(text),
            finding: None,
            wanted: String::new(),
            found: String::new(),
            inner: Rect::default(),
            foot: Rect::default(),
        }
    }

    /// What is being written.
    pub fn writing(&self) -> TextEdit {
        self.writing
    }

    /// Takes a key; gives the text once it is done.
    pub fn key(&mut self, key: &KeyEvent) -> Option<Msg> {
        if self.finding.is_some() {
            self.find_key(key);
            return None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Some(self.done()),
            KeyCode::Char('f') if control => self.finding = Some(LineEdit::new(self.wanted.clone())),
            KeyCode::Char('g') if control => self.find_next(true),
            _ => {
                if self.area.input(*key) {
                    // Not when something is undone: that would do it again.
                    if matches!(key.code, KeyCode::Char(_)) && !control
                        || matches!(key.code, KeyCode::Backspace | KeyCode::Delete)
                    {
                        self.join();
                    }
                    self.measure();
                }
            }
        }
        None
    }

    /// Handles a paste; one that makes the text too large closes the editor.
    pub fn paste(&mut self, text: &str) -> Option<Msg> {
        if let Some(line) = &mut self.finding {
            line.apply(&Edit::Paste(text.to_owned()));
            return None;
        }
        let text = pasted_text(text);
        let joined = self.bytes + text.len();
        let lines = self.area.lines().len() + memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let longest = text.split('\n').map(str::len).max().unwrap_or(0);
        if let Some(why) = too_large_to_edit(joined, lines, longest, &self.limits) {
            let whole = self.with_inserted(&text);
            return Some(Msg::Compose(ComposeMsg::TooLarge(self.writing, whole, why)));
        }
        self.area.insert_str(self.stand_ins.fold(&text));
        self.join();
        self.measure();
        None
    }

    /// Makes one grapheme of what belongs together since something was typed or deleted at the cursor.
    fn join(&mut self) {
        for behind in [0, 1] {
            let at = self.area.cursor();
            let Some(start) = (at.1 + behind).checked_sub(2) else {
                continue;
            };
            let line = self.area.lines().get(at.0).map_or("", String::as_str);
            let pair: String = line.chars().skip(start).take(2).collect();
            let joined = self.stand_ins.fold(&self.stand_ins.unfold(&pair));
            if pair.chars().count() == 2 && joined.chars().count() == 1 {
                if behind == 1 {
                    self.area.move_cursor(CursorMove::Forward);
                }
                self.area.delete_char();
                self.area.delete_char();
                self.area.insert_str(joined);
            }
        }
    }

    /// Puts the cursor where a cell of the pane was clicked.
    pub fn click(&mut self, column: u16, row: u16) {
        let (top, _) = self.area.scroll_offset();
        let column = column.saturating_sub(self.numbers());
        let at = self.area.screen_to_data((top + row).into(), column.into());
        self.jump(at.0, at.1);
    }

    /// Cells of the line numbers.
    fn numbers(&self) -> u16 {
        let shown = self.area.line_number_style().is_some();
        if shown { self.area.line_number_width() } else { 0 }
    }

    /// Scrolls by so many rows.
    pub fn scroll(&mut self, rows: i16) {
        self.area.scroll(Scrolling::Delta { rows, cols: 0 });
    }

    /// Where the cursor is, and how much there is.
    pub fn position(&self) -> String {
        let line = count(self.area.cursor().0 + 1);
        let lines = count(self.area.lines().len());
        format!("line {line} of {lines} · {}", size(self.bytes))
    }

    /// Fits it to an area: the text, and a line below it where there is room.
    pub fn fit(&mut self, area: Rect, look: &Look) {
        let foot = usize::from(area.height > 2);
        (self.inner, self.foot) = split(area, usize::from(area.height) - foot);
        self.area.set_style(look.style(Role::Text));
        self.area.set_cursor_style(look.style(Role::Text));
        self.area.set_selection_style(look.style(Role::Match));
        if area.width > 40 {
            self.area.set_line_number_style(look.style(Role::Dim));
        } else {
            self.area.remove_line_number();
        }
    }

    /// Draws it where it was fitted to; gives the place of the text cursor.
    pub fn draw(&self, buffer: &mut Buffer, look: &Look) -> Option<Position> {
        (&self.area).render(self.inner, buffer);
        clean_cells(self.inner, buffer, look, &self.stand_ins);
        let cursor = self.draw_foot(self.foot, buffer, look);
        cursor.or_else(|| self.cursor_cell())
    }

    /// The last row: the search line or key hints. Returns the text cursor while a search is typed.
    fn draw_foot(&self, area: Rect, buffer: &mut Buffer, look: &Look) -> Option<Position> {
        let mut pen = Pen::new(buffer, area, look);
        pen.skip(1);
        if let Some(line) = &self.finding {
            let start = pen.write("find ", Role::Accent).column();
            pen.write(field(line.text()), Role::Strong)
                .write("  Enter next · Esc closes", Role::Dim);
            let x = start + cells(field(line.before())) as u16;
            return Some(Position::new(x.min(area.right().saturating_sub(1)), area.y));
        }
        if self.hidden > 0 {
            let text = format!("▲ control characters not shown: {}  ", count(self.hidden));
            pen.write(text, Role::Caution);
        }
        if !self.found.is_empty() {
            pen.write(format!("{}  ", self.found), Role::Text);
        }
        for (key, word) in [
            ("Esc", "done"),
            ("Ctrl+F", "find"),
            ("Ctrl+G", "next"),
            ("Ctrl+U", "undo"),
            ("Ctrl+R", "redo"),
        ] {
            if cells(key) + cells(word) + 3 > pen.room() {
                break;
            }
            pen.write(format!("{key} "), Role::Key)
                .write(word, Role::Hint)
                .skip(2);
        }
        None
    }

    /// The cell of the text cursor.
    fn cursor_cell(&self) -> Option<Position> {
        let at = self.area.screen_cursor();
        let (top, first) = self.area.scroll_offset();
        let y = (at.row as u16).checked_sub(top)?;
        let x = (at.col as u16 + self.numbers()).checked_sub(first)?;
        let position = Position::new(
            self.inner.x + x.min(self.inner.width.saturating_sub(1)),
            self.inner.y + y,
        );
        Some(position).filter(|position| self.inner.contains(*position))
    }

    fn find_key(&mut self, key: &KeyEvent) {
        let Some(line) = &mut self.finding else { return };
        match key.code {
            KeyCode::Esc => self.finding = None,
            KeyCode::Enter => {
                self.wanted = line.text().to_owned();
                self.finding = None;
                self.find_next(false);
            }
            _ => {
                if let Some(edit) = line_edit(key) {
                    line.apply(&edit);
                }
            }
        }
    }

    /// Moves to the next match, wrapping around; stays on the one under the cursor unless told to leave it.
    fn find_next(&mut self, leave: bool) {
        let at = self.area.cursor();
        let from = Match {
            row: at.0,
            column: at.1 + usize::from(leave),
        };
        let wanted = self.stand_ins.fold(&self.wanted);
        self.found = match find(self.area.lines(), &wanted, from) {
            _ if self.wanted.is_empty() => "No search yet: press Ctrl+F to find something.".into(),
            Some(found) => {
                self.jump(found.row, found.column);
                String::new()
            }
            None => format!("No match for \"{}\".", field(&self.wanted)),
        };
    }

    fn jump(&mut self, row: usize, column: usize) {
        let most = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(most(row), most(column)));
    }

    fn measure(&mut self) {
        let lines = self.area.lines();
        let bytes = |line: &String| self.stand_ins.unfold(line).len() + 1;
        self.bytes = lines.iter().map(bytes).sum::<usize>() - 1;
        self.found.clear();
    }

    fn text(&self) -> String {
        self.stand_ins.unfold(&self.area.lines().join("\n"))
    }

    fn with_inserted(&self, text: &str) -> String {
        let at = self.area.cursor();
        let lines = self.area.lines();
        let in_line = |line: &String| {
            line.char_indices()
                .nth(at.1)
                .map_or(line.len(), |(offset, _)| offset)
        };
        let before: usize = lines.iter().take(at.0).map(|line| line.len() + 1).sum();
        let (before, after) = {
            let whole = lines.join("\n");
            let (before, after) = whole.split_at(before + lines.get(at.0).map_or(0, in_line));
            (self.stand_ins.unfold(before), self.stand_ins.unfold(after))
        };
        [&before, text, &after].concat()
    }

    fn done(&self) -> Msg {
        Msg::Compose(ComposeMsg::Written(self.writing, self.text()))
    }
}

/// Characters that no screen shows.
fn hidden(text: &str) -> usize {
    text.chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        .count()
}

/// No character of the text may act on the terminal or hide its neighbours: such characters are replaced by a mark.
fn clean_cells(area: Rect, buffer: &mut Buffer, look: &Look, stand_ins: &StandIns) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let cell = &mut buffer[(x, y)];
            let stand_in = cell.symbol().chars().next();
            if let Some(grapheme) = stand_in.and_then(|one| stand_ins.grapheme(one)) {
                cell.set_symbol(grapheme);
            }
            let symbol = cell.symbol();
            if !symbol.is_ascii() && SafeText::new(symbol).as_str() != symbol {
                cell.set_symbol("¿");
                cell.set_style(look.style(Role::Control));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::{Colours, TerminalGraphics};
    use crate::look::{Keymap, Theme};
    use jiff::tz::TimeZone;
    use natsbridge_app::{Content, ImageMode};

    fn editor(text: &str) -> Editor {
        let writing = TextEdit {
            content: Content::Payload(0),
            number: 1,
        };
        Editor::new(writing, text, &Limits::default())
    }

    fn press(editor: &mut Editor, code: KeyCode, modifiers: KeyModifiers) -> Option<Msg> {
        editor.key(&KeyEvent::new(code, modifiers))
    }

    fn written(message: Option<Msg>) -> String {
        match message {
            Some(Msg::Compose(ComposeMsg::Written(_, text) | ComposeMsg::TooLarge(_, text, _))) => text,
            other => panic!("no text: {other:?}"),
        }
    }

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["", "one", "one\ntwo\n", "\r\nwindows\r\n", "\u{1b}[31m\u{202e}"] {
            let done = press(&mut editor(text), KeyCode::Esc, KeyModifiers::NONE);
            assert_eq!(written(done), text);
        }
    }

    #[test]
    fn an_emoji_of_several_characters_is_one_step_and_one_backspace() {
        let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
        for grapheme in [family, "👍🏽", "🇩🇪", "❤\u{fe0f}", "o\u{308}"] {
            let mut editor = editor("x");
            for c in grapheme.chars() {
                press(&mut editor, KeyCode::Char(c), KeyModifiers::NONE);
            }
            assert_eq!(editor.text(), format!("x{grapheme}"));
            assert_eq!(editor.area.cursor(), (0, 2), "{grapheme}");
            press(&mut editor, KeyCode::Left, KeyModifiers::NONE);
            assert_eq!(editor.area.cursor(), (0, 1), "{grapheme}");
            press(&mut editor, KeyCode::Right, KeyModifiers::NONE);
            press(&mut editor, KeyCode::Backspace, KeyModifiers::NONE);
            assert_eq!(editor.text(), "x", "{grapheme}");
            editor.paste(grapheme);
            assert_eq!(editor.area.cursor(), (0, 2), "{grapheme}");
            assert_eq!(editor.bytes, 1 + grapheme.len());
        }
    }

    #[test]
    fn an_emoji_of_several_characters_is_drawn_as_it_is_in_two_cells() {
        let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
        let mut editor = editor(&format!("a{family}b"));
        let look = Look {
            theme: Theme::plain(),
            keymap: Keymap::new(&[]).0,
            zone: TimeZone::UTC,
            colours: Colours::default(),
            images: ImageMode::default(),
            terminal: TerminalGraphics::default(),
        };
        let area = Rect::new(0, 0, 20, 4);
        let mut buffer = Buffer::empty(area);
        editor.fit(area, &look);
        editor.draw(&mut buffer, &look);
        assert_eq!(buffer[(1, 0)].symbol(), family);
        assert_eq!(buffer[(3, 0)].symbol(), "b");
    }

    #[test]
    fn typing_is_undone_and_done_again() {
        let mut editor = editor("a");
        press(&mut editor, KeyCode::Char('b'), KeyModifiers::NONE);
        assert_eq!(editor.text(), "ab");
        press(&mut editor, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(editor.text(), "a");
        press(&mut editor, KeyCode::Char('r'), KeyModifiers::CONTROL);
        assert_eq!(editor.text(), "ab");
    }

    #[test]
    fn a_search_goes_around_the_end_and_says_when_there_is_no_match() {
        let mut editor = editor("needle\nhay\nneedle");
        press(&mut editor, KeyCode::Char('f'), KeyModifiers::CONTROL);
        for c in "needle".chars() {
            press(&mut editor, KeyCode::Char(c), KeyModifiers::NONE);
        }
        press(&mut editor, KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(editor.area.cursor(), (0, 0));
        press(&mut editor, KeyCode::Char('g'), KeyModifiers::CONTROL);
        assert_eq!(editor.area.cursor(), (2, 0));
        press(&mut editor, KeyCode::Char('g'), KeyModifiers::CONTROL);
        assert_eq!(editor.area.cursor(), (0, 0));
        editor.wanted = "straw".into();
        editor.find_next(true);
        assert!(editor.found.contains("No match"));
    }

    #[test]
    fn a_paste_of_megabytes_leaves_the_editor_with_all_of_it() {
        let mut editor = editor("before after");
        for _ in 0..6 {
            press(&mut editor, KeyCode::Left, KeyModifiers::NONE);
        }
        let paste = "line of a large paste\r\n".repeat(250_000);
        let text = written(editor.paste(&paste));
        assert_eq!(text.len(), "before after".len() + 250_000 * 22);
        assert!(
            text.starts_with("beforeline of a") && text.ends_with("paste\n after"),
            "its line ends are those of a text"
        );
    }
}
