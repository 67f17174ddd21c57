//! Keys to actions: the default keys, overridden by the settings. What keys are called is in `key.rs`.

use super::key::{Key, sequence};
use super::places::us_place;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use natsbridge_app::{ACTIONS, Action, Context, KeyChoice, Place, shown};
use std::collections::HashMap;

/// The keymap in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: HashMap<(Context, Vec<Key>), Action>,
    /// Whether letters of other keyboards count as the US keys in their places.
    by_place: bool,
    names: HashMap<Action, Vec<String>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&[]).0
    }
}

impl Keymap {
    /// The default keys overridden by the settings; conflicts are reported, a sentence each.
    pub fn new(choices: &[KeyChoice]) -> (Self, Vec<String>) {
        let mut map = Self {
            bound: HashMap::new(),
            by_place: false,
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
        // An action whose chosen keys are all unusable keeps its defaults; an empty list removes them.
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
                // A default key that the settings gave to another action is not reported.
                let _ = map.bind(row.action, name);
            }
        }
        mistakes.extend(map.without_keys(choices));
        if map.names.get(&Action::Quit).is_none_or(Vec::is_empty) {
            mistakes.push("settings: quit must have a key; ctrl-c is kept.".into());
            let key = Key::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
            map.bound.remove(&(Context::Everywhere, vec![key]));
            let _ = map.bind(Action::Quit, "ctrl-c");
        }
        (map, mistakes)
    }

    /// The same, in which letters of other keyboards count as the US keys in their places, or do not.
    #[must_use]
    pub fn by_place(mut self, by_place: bool) -> Self {
        self.by_place = by_place;
        self
    }

    /// The US key in the place of one that nothing is bound to, and what that does there.
    pub fn in_its_place(&self, place: impl Into<Place>, event: &KeyEvent) -> Option<(char, Action)> {
        let KeyCode::Char(letter) = event.code else {
            return None;
        };
        let us = us_place(letter)?;
        let code = KeyCode::Char(us);
        Some((us, self.action(place, &KeyEvent { code, ..*event })?))
    }

    /// Actions left without a key because the settings gave theirs to others, a sentence each.
    fn without_keys(&self, choices: &[KeyChoice]) -> Vec<String> {
        let mut told = Vec::new();
        for row in ACTIONS {
            let lost = self.names.get(&row.action).is_none_or(Vec::is_empty) && !row.keys.is_empty();
            if !lost || choices.iter().any(|choice| choice.action == row.action) {
                continue;
            }
            let taken = |choice: &&KeyChoice| {
                let same = |name: &String| row.keys.iter().any(|key| sequence(key) == sequence(name));
                choice.action.row().context == row.context && choice.keys.iter().any(same)
            };
            if let Some(choice) = choices.iter().find(taken) {
                let (line, other) = (choice.line, choice.action.row().id);
                told.push(format!(
                    "settings, line {line}: {} has no key left because {other} took it; it can still be \
                     run with Ctrl+P and :.",
                    row.id
                ));
            }
        }
        told
    }

    /// What a key does as the first of a sequence.
    pub fn action(&self, place: impl Into<Place>, event: &KeyEvent) -> Option<Action> {
        match self.press(place, &mut Pending::default(), event) {
            Pressed::Action(action) => Some(action),
            Pressed::Waits | Pressed::Nothing => None,
        }
    }

    /// What a key does after the pending ones; an unfinished sequence stays pending.
    pub fn press(&self, place: impl Into<Place>, pending: &mut Pending, event: &KeyEvent) -> Pressed {
        let place = place.into();
        let mut keys = std::mem::take(&mut pending.0);
        let code = match event.code {
            KeyCode::Char(letter) if self.by_place => KeyCode::Char(us_place(letter).unwrap_or(letter)),
            code => code,
        };
        keys.push(Key::new(code, event.modifiers));
        for context in place.contexts() {
            if let Some(action) = self.bound.get(&(context, keys.clone())) {
                return Pressed::Action(*action);
            }
            if self.goes_on(context, &keys).next().is_some() {
                pending.0 = keys;
                return Pressed::Waits;
            }
        }
        Pressed::Nothing
    }

    /// How the pending keys can continue: the next keys as people write them, and what they do.
    pub fn continuations(&self, place: impl Into<Place>, pending: &Pending) -> Vec<(String, Action)> {
        let mut found: Vec<(String, Action)> = Vec::new();
        if pending.0.is_empty() {
            return found;
        }
        for context in place.into().contexts() {
            for action in self.goes_on(context, &pending.0) {
                let names = self.names.get(&action).into_iter().flatten();
                for name in
                    names.filter(|name| sequence(name).is_some_and(|keys| keys.starts_with(&pending.0)))
                {
                    let rest: Vec<String> = name.split(' ').skip(pending.0.len()).map(shown).collect();
                    found.push((rest.join(" "), action));
                }
            }
        }
        found.sort_by_key(|(_, action)| *action as usize);
        found.dedup();
        found
    }

    /// The actions whose keys start with these and continue.
    fn goes_on(&self, context: Context, keys: &[Key]) -> impl Iterator<Item = Action> {
        let longer = move |at: &Context, bound: &[Key]| {
            *at == context && bound.len() > keys.len() && bound.starts_with(keys)
        };
        let bound = self.bound.iter();
        bound
            .filter(move |((at, bound), _)| longer(at, bound))
            .map(|(_, action)| *action)
    }

    /// The keys of an action as people write them.
    pub fn keys(&self, action: Action) -> Vec<String> {
        let names = self.names.get(&action).map(Vec::as_slice).unwrap_or_default();
        names.iter().map(|name| shown(name)).collect()
    }

    /// Its keys that work in this place: actions of a view and a pane take precedence.
    pub fn keys_in(&self, place: impl Into<Place>, action: Action) -> Vec<String> {
        let place = place.into();
        let names = self.names.get(&action).map(Vec::as_slice).unwrap_or_default();
        let leads =
            |name: &&String| sequence(name).is_some_and(|keys| self.lookup(place, &keys) == Some(action));
        names.iter().filter(leads).map(|name| shown(name)).collect()
    }

    fn lookup(&self, place: Place, keys: &[Key]) -> Option<Action> {
        // An inner context may use the first of them for something else.
        let hides = |context: &Context| {
            (1..=keys.len()).find_map(|n| self.bound.get(&(*context, keys[..n].to_vec())).copied())
        };
        place.contexts().find_map(|context| hides(&context))
    }

    fn bind(&mut self, action: Action, name: &str) -> Result<(), String> {
        let keys = sequence(name).ok_or_else(|| {
            format!(
                "unknown key {name:?}; write keys like ctrl-p, f1, G or space, and sequences like \
                 \"ctrl-w s\""
            )
        })?;
        let context = action.row().context;
        for ((at, bound), other) in &self.bound {
            if *at != context {
                continue;
            }
            let other = other.row().id;
            if *bound == keys {
                return Err(format!("{name:?} is already bound to {other}"));
            }
            if bound.starts_with(&keys) {
                return Err(format!(
                    "{name:?} is the start of a key sequence of {other}, which could then never be typed"
                ));
            }
            if keys.starts_with(bound) {
                return Err(format!(
                    "{name:?} begins with the key of {other}, so it could never be typed"
                ));
            }
        }
        self.bound.insert((context, keys), action);
        self.names.entry(action).or_default().push(name.to_owned());
        Ok(())
    }
}

/// The first keys of an unfinished sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pending(Vec<Key>);

impl Pending {
    /// Whether no sequence is pending.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The result of a key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// It leads to an action.
    Action(Action),
    /// It starts a sequence.
    Waits,
    /// It does nothing.
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_app::Pane;

    fn press(map: &Keymap, pane: Pane, code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        map.action(pane, &KeyEvent::new(code, modifiers))
    }

    #[test]
    fn letters_of_other_keyboards_count_by_their_place_if_asked() {
        let map = Keymap::default();
        let event = KeyEvent::new(KeyCode::Char('а'), KeyModifiers::NONE);
        assert_eq!(map.action(Pane::Messages, &event), None);
        assert_eq!(
            map.in_its_place(Pane::Messages, &event),
            Some(('f', Action::Filter))
        );
        let map = map.by_place(true);
        assert_eq!(map.action(Pane::Messages, &event), Some(Action::Filter));
        let event = KeyEvent::new(KeyCode::Char('ъ'), KeyModifiers::NONE);
        assert_eq!(map.action(Pane::Messages, &event), Some(Action::NextTab));
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
        let sequences = [
            choice(Action::Help, "ctrl-w", 5),
            choice(Action::Filter, "f x", 6),
        ];
        let (_, told) = Keymap::new(
            &[choice(Action::Subscribe, "f", 1)]
                .into_iter()
                .chain(sequences)
                .collect::<Vec<_>>(),
        );
        assert!(
            told[0].starts_with("settings, line 6: \"f x\" begins with the key of subscribe"),
            "{told:?}"
        );
        let (_, told) = Keymap::new(&[choice(Action::Subscribe, "f", 7)]);
        assert_eq!(
            told,
            [
                "settings, line 7: filter has no key left because subscribe took it; it can still be run with Ctrl+P and :."
            ]
        );
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
        assert_eq!(map.keys_in(Pane::Messages, Action::SavePayload), ["w"]);
        assert_eq!(
            map.keys_in(Pane::Compose, Action::SavePayload),
            Vec::<String>::new()
        );
        assert_eq!(map.keys_in(Pane::Compose, Action::SaveDraft), ["w"]);
        assert_eq!(
            map.keys_in(Pane::Messages, Action::SaveDraft),
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
