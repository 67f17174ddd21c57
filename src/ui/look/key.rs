//! Keys as terminals report them and as people write them. The only place that parses their names.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, normalised across terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(KeyCode, KeyModifiers);

impl Key {
    /// Terminals differ in whether they report Shift with a capital, so only the capital counts.
    pub fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let shift = modifiers.contains(KeyModifiers::SHIFT);
        match code {
            KeyCode::Char(c) if shift && c.is_lowercase() => {
                let capital = c.to_uppercase().next().unwrap_or(c);
                Self(KeyCode::Char(capital), modifiers - KeyModifiers::SHIFT)
            }
            KeyCode::Tab if shift => Self(KeyCode::BackTab, modifiers - KeyModifiers::SHIFT),
            KeyCode::Char(_) | KeyCode::BackTab => Self(code, modifiers - KeyModifiers::SHIFT),
            _ => Self(code, modifiers),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('-').filter(|(_, tail)| !tail.is_empty()) {
            modifiers |= match head.to_ascii_lowercase().as_str() {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return None,
            };
            rest = tail;
        }
        Some(Self::new(code(rest)?, modifiers))
    }
}

/// A key that was pressed, as people write it: `Ctrl+P`, `Space`, `f`.
pub fn pressed_name(event: &KeyEvent) -> String {
    let mut name = String::new();
    for (modifier, word) in [(KeyModifiers::CONTROL, "Ctrl+"), (KeyModifiers::ALT, "Alt+")] {
        if event.modifiers.contains(modifier) {
            name += word;
        }
    }
    match event.code {
        KeyCode::Char(' ') => name + "Space",
        KeyCode::Char(letter) if !name.is_empty() => name + &letter.to_uppercase().to_string(),
        KeyCode::Char(letter) => letter.to_string(),
        code => name + &code.to_string(),
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(KeyCode::Char(c));
    }
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "insert" => KeyCode::Insert,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        _ => KeyCode::F(
            name.strip_prefix('f')?
                .parse()
                .ok()
                .filter(|n| (1..=24).contains(n))?,
        ),
    })
}

/// Keys by their names, with spaces between.
pub fn sequence(name: &str) -> Option<Vec<Key>> {
    name.split(' ').map(Key::parse).collect()
}
