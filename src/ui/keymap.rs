//! Keys to actions: the table's default keys, then the settings' own. The only place that parses key names.

use crate::app::{ACTIONS, Action, Context, KeyChoice, Place, shown};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::HashMap;

/// A key with its modifiers, in one spelling whatever the terminal reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key(KeyCode, KeyModifiers);

impl Key {
    /// Terminals differ in whether they report Shift beside the capital: only the capital counts.
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
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

/// The keymap in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: HashMap<(Context, Key), Action>,
    names: HashMap<Action, Vec<String>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&[]).0
    }
}

impl Keymap {
    /// The default keys with the settings' choices over them; what cannot be is told, a sentence each.
    pub fn new(choices: &[KeyChoice]) -> (Self, Vec<String>) {
        let mut map = Self {
            bound: HashMap::new(),
            names: HashMap::new(),
        };
        let mut mistakes = Vec::new();
        let chosen = |action| choices.iter().any(|choice| choice.action == action);
        for choice in choices {
            map.names.insert(choice.action, vec![]);
            for name in &choice.keys {
                if let Err(why) = map.bind(choice.action, name) {
                    mistakes.push(format!("settings, line {}: {why}.", choice.line));
                }
            }
        }
        // An action none of whose chosen keys can be keeps its default ones; an empty list takes them away.
        let misspelt = |map: &Self, action| {
            let meant = |choice: &KeyChoice| choice.action == action && !choice.keys.is_empty();
            choices.iter().any(meant) && map.names.get(&action).is_some_and(Vec::is_empty)
        };
        for row in ACTIONS {
            if chosen(row.action) && !misspelt(&map, row.action) {
                continue;
            }
            map.names.insert(row.action, vec![]);
            for name in row.keys {
                // A default key that the settings gave away is not missed.
                let _ = map.bind(row.action, name);
            }
        }
        if map.names.get(&Action::Quit).is_none_or(Vec::is_empty) {
            mistakes.push("settings: quit must have a key, it keeps ctrl-c.".into());
            map.bound.remove(&(
                Context::Everywhere,
                Key(KeyCode::Char('c'), KeyModifiers::CONTROL),
            ));
            let _ = map.bind(Action::Quit, "ctrl-c");
        }
        (map, mistakes)
    }

    /// What a key does at a place.
    pub fn action(&self, place: impl Into<Place>, event: &KeyEvent) -> Option<Action> {
        self.lookup(place.into(), Key::new(event.code, event.modifiers))
    }

    /// The keys of an action as people write them.
    pub fn keys(&self, action: Action) -> Vec<String> {
        let names = self.names.get(&action).map(Vec::as_slice).unwrap_or_default();
        names.iter().map(|name| shown(name)).collect()
    }

    /// Those of its keys that lead to it at a place: the actions of a view and of a pane go before others.
    pub fn keys_in(&self, place: impl Into<Place>, action: Action) -> Vec<String> {
        let place = place.into();
        let names = self.names.get(&action).map(Vec::as_slice).unwrap_or_default();
        let leads =
            |name: &&String| Key::parse(name).is_some_and(|key| self.lookup(place, key) == Some(action));
        names.iter().filter(leads).map(|name| shown(name)).collect()
    }

    fn lookup(&self, place: Place, key: Key) -> Option<Action> {
        place
            .contexts()
            .find_map(|context| self.bound.get(&(context, key)).copied())
    }

    fn bind(&mut self, action: Action, name: &str) -> Result<(), String> {
        let key = Key::parse(name)
            .ok_or_else(|| format!("{name:?} is no key; write it like ctrl-p, f1, G or space"))?;
        let context = action.row().context;
        if let Some(other) = self.bound.get(&(context, key)) {
            return Err(format!("{name:?} is already the key of {}", other.row().id));
        }
        self.bound.insert((context, key), action);
        self.names.entry(action).or_default().push(name.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Pane;

    fn press(map: &Keymap, pane: Pane, code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        map.action(pane, &KeyEvent::new(code, modifiers))
    }

    #[test]
    fn every_default_key_leads_to_its_action() {
        let (map, mistakes) = Keymap::new(&[]);
        assert_eq!(mistakes, Vec::<String>::new());
        for row in ACTIONS {
            assert_eq!(map.keys(row.action).len(), row.keys.len(), "{}", row.id);
        }
        let none = KeyModifiers::NONE;
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::Char(' '), none),
            Some(Action::Follow)
        );
        assert_eq!(
            press(&map, Pane::Inspector, KeyCode::Char(' '), none),
            Some(Action::ToggleNode)
        );
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::Char('G'), KeyModifiers::SHIFT),
            Some(Action::Bottom)
        );
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::Char('?'), KeyModifiers::SHIFT),
            Some(Action::Help)
        );
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::BackTab, KeyModifiers::SHIFT),
            Some(Action::FocusPrevious)
        );
    }

    #[test]
    fn settings_take_keys_and_conflicts_are_told_with_their_line() {
        let choice = |action, key: &str, line| KeyChoice {
            action,
            keys: vec![key.into()],
            line,
        };
        let choices = [
            choice(Action::Help, "f1", 2),
            choice(Action::Filter, "F1", 3),
            choice(Action::Wrap, "hyper-x", 4),
        ];
        let (map, mistakes) = Keymap::new(&choices);
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::F(1), KeyModifiers::NONE),
            Some(Action::Help)
        );
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::Char('?'), KeyModifiers::NONE),
            None
        );
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(
            mistakes[0].starts_with("settings, line 3") && mistakes[0].contains("help"),
            "{mistakes:?}"
        );
    }

    #[test]
    fn keys_that_a_pane_takes_over_are_not_those_of_the_other_action() {
        let map = Keymap::default();
        assert_eq!(map.keys_in(Pane::Messages, Action::Subscribe), ["s"]);
        assert_eq!(
            map.keys_in(Pane::Compose, Action::Subscribe),
            Vec::<String>::new()
        );
        assert_eq!(map.keys_in(Pane::Compose, Action::PayloadSource), ["s"]);
        assert_eq!(
            map.keys_in(Pane::Messages, Action::PayloadSource),
            Vec::<String>::new()
        );
    }

    #[test]
    fn there_is_always_a_way_out() {
        let choices = [
            KeyChoice {
                action: Action::Quit,
                keys: vec![],
                line: 1,
            },
            KeyChoice {
                action: Action::Help,
                keys: vec!["ctrl-c".into()],
                line: 2,
            },
        ];
        let (map, _) = Keymap::new(&choices);
        assert_eq!(
            press(&map, Pane::Messages, KeyCode::Char('c'), KeyModifiers::CONTROL),
            Some(Action::Quit)
        );
    }
}
