//! Keys while a line is typed: they are fixed, whatever the settings say. What they do to the line is in the app.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use natsbridge_app::Edit;

/// What a key changes in a line that is being typed, if anything.
pub fn line_edit(key: &KeyEvent) -> Option<Edit> {
    let control = KeyModifiers::CONTROL | KeyModifiers::ALT;
    let control = key.modifiers.intersects(control);
    Some(match key.code {
        KeyCode::Char('w') if control => Edit::WordBack,
        KeyCode::Char('u') if control => Edit::ClearBack,
        KeyCode::Char(c) if !control => Edit::Insert(c),
        KeyCode::Backspace => Edit::Backspace,
        KeyCode::Delete => Edit::Delete,
        KeyCode::Left => Edit::Left,
        KeyCode::Right => Edit::Right,
        KeyCode::Home => Edit::Start,
        KeyCode::End => Edit::End,
        _ => return None,
    })
}
