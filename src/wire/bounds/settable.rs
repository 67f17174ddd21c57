//! Limits as people write them in the settings. The list of limits is elsewhere.

use crate::quantity::{byte_size, duration, duration_text};
use std::path::PathBuf;
use std::time::Duration;

/// Limits that must not be raised beyond a number, because other code relies on it.
const MOST: &[(&str, u64)] = &[("json_depth", 127), ("table_depth", 64), ("store_page", 65_536)];

/// Why a limit cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// There is no limit of this name.
    #[error("there is no limit {name:?}; did you mean {nearest}?")]
    Unknown {
        /// What was written.
        name: String,
        /// The limit whose name is nearest.
        nearest: &'static str,
    },
    /// The text is no value for it.
    #[error("{name} must be {what}")]
    Value {
        /// The limit.
        name: &'static str,
        /// What it must be.
        what: String,
    },
}

impl LimitError {
    pub(super) fn unknown(name: &str, all: &[(&'static str, &str)]) -> Self {
        let nearest = nearest(name, all.iter().map(|(known, _)| *known));
        Self::Unknown {
            name: name.to_owned(),
            nearest: nearest.unwrap_or_default(),
        }
    }
}

/// A type that limits have.
pub(super) trait Settable: Sized {
    /// What a text must be to be one.
    const WHAT: &'static str;
    /// What a person wrote.
    fn read(text: &str) -> Option<Self>;
    /// As a person writes it.
    fn text(&self) -> String;
    /// It as a number, if it is one.
    fn number(&self) -> Option<u64> {
        None
    }
}

/// Reads the value of a limit.
pub(super) fn read<T: Settable>(name: &'static str, text: &str) -> Result<T, LimitError> {
    let wrong = |what: String| LimitError::Value { name, what };
    let value = T::read(text).ok_or_else(|| wrong(T::WHAT.to_owned()))?;
    let most = MOST.iter().find(|(of, _)| *of == name).map(|(_, most)| *most);
    match most.zip(value.number()) {
        Some((most, number)) if number > most => Err(wrong(format!("at most {most}"))),
        _ => Ok(value),
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Settable for $type {
            const WHAT: &'static str = "a whole number above 0, which may have a unit, like \"64MiB\"";
            fn read(text: &str) -> Option<Self> {
                let number = byte_size(text).ok().filter(|number| *number > 0)?;
                number.try_into().ok()
            }
            fn text(&self) -> String {
                self.to_string()
            }
            fn number(&self) -> Option<u64> {
                (*self).try_into().ok()
            }
        }
    )*};
}

numbers!(u16, u32, u64, usize);

impl Settable for Duration {
    const WHAT: &'static str = "a duration, like \"5s\", \"500ms\" or \"2m\"";

    fn read(text: &str) -> Option<Self> {
        duration(text).ok()
    }

    fn text(&self) -> String {
        duration_text(*self)
    }
}

impl Settable for Option<PathBuf> {
    const WHAT: &'static str = "a folder";

    fn read(text: &str) -> Option<Self> {
        Some(Some(text.into()))
    }

    fn text(&self) -> String {
        self.as_ref()
            .map_or_else(String::new, |path| path.display().to_string())
    }
}

/// The name that a mistyped one is nearest to.
pub fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known.min_by_key(|known| distance(name, known))
}

/// How many characters must be put in, left out or replaced to come from one name to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;

    #[test]
    fn every_limit_can_be_set_and_is_said_as_it_can_be_set() {
        let mut limits = Limits::DEFAULT;
        for (name, about) in Limits::ALL {
            assert!(about.starts_with(' ') && about.ends_with('.'), "{name}: {about}");
            let text = limits.text(name).unwrap();
            if matches!(*name, "store_spill" | "store_folder") {
                continue;
            }
            limits
                .set(name, &text)
                .unwrap_or_else(|error| panic!("{error}: {text}"));
        }
        assert_eq!(limits, Limits::DEFAULT);
        limits.set("message_memory", "1GiB").unwrap();
        limits.set("link_idle", "2m").unwrap();
        assert_eq!(
            (limits.message_memory, limits.link_idle),
            (1 << 30, Duration::from_secs(120))
        );
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        let mut limits = Limits::DEFAULT;
        for (name, text, told) in [
            ("mesage_memory", "1", "did you mean message_memory?"),
            ("store_byte", "1", "did you mean store_bytes?"),
            ("subjects", "0", "subjects must be a whole number above 0"),
            ("subjects", "many", "subjects must be a whole number above 0"),
            ("link_idle", "5", "link_idle must be a duration"),
            ("json_depth", "128", "json_depth must be at most 127"),
            ("image_side", "5GB", "image_side must be a whole number"),
        ] {
            let error = limits.set(name, text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert_eq!(limits, Limits::DEFAULT);
    }
}
