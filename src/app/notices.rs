//! Short messages to the person: shown for a while, the latest ones kept.

use crate::wire::Severity;
use std::collections::VecDeque;

/// Microseconds a notice stays on screen.
const SHOWN_US: i64 = 6_000_000;
/// Notices shown at a time.
const MOST: usize = 3;

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// The sentence, not yet safe for a terminal.
    pub text: String,
    /// How often in a row it came.
    pub times: u32,
    until_us: i64,
}

/// The notices on screen, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Notices(VecDeque<Notice>);

impl Notices {
    /// Shows a notice; the same one again is counted, not repeated.
    pub fn push(&mut self, severity: Severity, text: impl Into<String>, now_us: i64) {
        let text = text.into();
        let until_us = now_us + SHOWN_US;
        if let Some(last) = self.0.back_mut().filter(|last| last.text == text) {
            last.times += 1;
            last.until_us = until_us;
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Notice {
            severity,
            text,
            times: 1,
            until_us,
        });
    }

    /// Takes away what was shown long enough.
    pub fn expire(&mut self, now_us: i64) {
        self.0.retain(|notice| notice.until_us > now_us);
    }

    /// Takes all away; `false` if there were none.
    pub fn dismiss(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }

    /// Those on screen, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Notice> + ExactSizeIterator {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_notices_are_counted_and_old_ones_go() {
        let mut notices = Notices::default();
        notices.push(Severity::Note, "a", 0);
        notices.push(Severity::Note, "a", 10);
        assert_eq!(notices.iter().map(|n| n.times).collect::<Vec<_>>(), [2]);
        for text in ["b", "c", "d"] {
            notices.push(Severity::Error, text, 20);
        }
        assert_eq!(notices.iter().len(), MOST);
        notices.expire(20 + SHOWN_US);
        assert_eq!(notices.iter().len(), 0);
    }
}
