//! Short messages to the user: shown for a while, the latest ones kept.

use super::actions::Action;
use super::overlay::PromptKind;
use natsbridge_wire::Severity;
use std::collections::VecDeque;

/// Microseconds a notice stays on screen.
const SHOWN_US: i64 = 6_000_000;
/// Notices shown at a time.
const MOST: usize = 3;

/// What a notice responds to: the next attempt at the same thing replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A user action.
    Action(Action),
    /// What was typed into a prompt.
    Prompt(PromptKind),
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// The sentence, not yet safe for a terminal.
    pub text: String,
    /// How often in a row it occurred.
    pub times: u32,
    until_us: i64,
    origin: Option<Origin>,
    /// Its origin is being retried.
    past: bool,
}

/// Notices remembered for the log.
const LOGGED: usize = 1000;
/// Among so many last lines, the same one again is counted and moves to the end.
const FOLDED: usize = 4;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// When it was told, microseconds since the Unix epoch.
    pub at_us: i64,
    /// How bad it is.
    pub severity: Severity,
    /// The sentence, not yet safe for a terminal.
    pub text: String,
    /// How often it was told among the last few, this time included.
    pub times: u32,
}

/// The notices on screen, oldest first, and the whole log.
#[derive(Debug, Clone, Default)]
pub struct Notices {
    shown: VecDeque<Notice>,
    origin: Option<Origin>,
    log: VecDeque<Logged>,
    forgotten: u64,
}

impl Notices {
    /// Notices from now on respond to `origin` and replace those of an earlier attempt.
    pub fn begin(&mut self, origin: Origin) {
        self.origin = Some(origin);
        for notice in &mut self.shown {
            notice.past = notice.origin == self.origin;
        }
    }

    /// The attempt is over; notices of an earlier one are removed if it is settled.
    pub fn end(&mut self, settled: bool) {
        self.origin = None;
        self.shown.retain(|notice| !(settled && notice.past));
    }

    /// Shows a notice; the same one again is counted, not repeated.
    pub fn push(&mut self, severity: Severity, text: impl Into<String>, now_us: i64) {
        let text = text.into();
        self.log(severity, text.clone(), now_us);
        let until_us = now_us + SHOWN_US;
        let again = |notice: &Notice| notice.text == text && notice.origin == self.origin;
        let last = self.shown.len().saturating_sub(1);
        let mut shown = self.shown.iter().enumerate();
        let same = shown.rposition(|(i, notice)| again(notice) && (i == last || notice.past));
        if let Some(mut notice) = same.and_then(|at| self.shown.remove(at)) {
            notice.times += 1;
            (notice.until_us, notice.past) = (until_us, false);
            self.shown.push_back(notice);
            return;
        }
        self.shown.retain(|notice| !notice.past);
        if self.shown.len() == MOST {
            self.shown.pop_front();
        }
        self.shown.push_back(Notice {
            severity,
            text,
            times: 1,
            until_us,
            origin: self.origin,
            past: false,
        });
    }

    /// Adds a line to the log without showing it.
    pub fn log(&mut self, severity: Severity, text: impl Into<String>, at_us: i64) {
        let text = text.into();
        let recent = self.log.len().saturating_sub(FOLDED);
        let same = |line: &Logged| (line.severity, &line.text) == (severity, &text);
        let before = self.log.iter().skip(recent).position(same);
        let before = before.and_then(|at| self.log.remove(recent + at));
        if self.log.len() == LOGGED {
            self.log.pop_front();
            self.forgotten += 1;
        }
        self.log.push_back(Logged {
            at_us,
            severity,
            text,
            times: before.map_or(1, |before| before.times + 1),
        });
    }

    /// The log, oldest first, and how many earlier lines were dropped.
    pub fn logged(&self) -> (impl ExactSizeIterator<Item = &Logged>, u64) {
        (self.log.iter(), self.forgotten)
    }

    /// Removes notices that were shown long enough.
    pub fn expire(&mut self, now_us: i64) {
        self.shown.retain(|notice| notice.until_us > now_us);
    }

    /// Removes all notices; `false` if there were none.
    pub fn dismiss(&mut self) -> bool {
        !std::mem::take(&mut self.shown).is_empty()
    }

    /// Those on screen, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Notice> + ExactSizeIterator {
        self.shown.iter()
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

    #[test]
    fn the_log_folds_what_is_told_again_and_again() {
        let mut notices = Notices::default();
        for round in 0..20 {
            notices.log(Severity::Note, "Connected to a.", round * 2);
            notices.log(Severity::Error, "Connection to a lost: gone", round * 2 + 1);
        }
        notices.log(Severity::Note, "Connected to b.", 100);
        let (lines, forgotten) = notices.logged();
        let lines: Vec<_> = lines.map(|line| (line.times, line.at_us)).collect();
        assert_eq!((lines, forgotten), (vec![(20, 38), (20, 39), (1, 100)], 0));
    }

    #[test]
    fn a_second_try_replaces_what_the_first_one_told_and_nothing_else() {
        let (mouse, prompt) = (
            Origin::Action(Action::ToggleMouse),
            Origin::Prompt(PromptKind::Subscribe),
        );
        let mut notices = Notices::default();
        let texts =
            |notices: &Notices| -> Vec<String> { notices.iter().map(|notice| notice.text.clone()).collect() };
        notices.push(Severity::Warning, "the disk is full", 0);
        notices.begin(mouse);
        notices.push(Severity::Note, "on", 0);
        notices.end(true);
        notices.begin(mouse);
        notices.push(Severity::Note, "off", 0);
        notices.end(true);
        assert_eq!(texts(&notices), ["the disk is full", "off"]);
        notices.begin(prompt);
        notices.push(Severity::Error, "no subject", 0);
        notices.end(false);
        notices.begin(prompt);
        notices.end(false);
        assert_eq!(
            texts(&notices).len(),
            3,
            "a cursor that moves in the prompt settles nothing"
        );
        notices.begin(prompt);
        notices.end(true);
        assert_eq!(texts(&notices), ["the disk is full", "off"]);
    }
}
