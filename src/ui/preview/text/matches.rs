//! The matches of a search as ranges of bytes, and the one that was jumped to. Where they are drawn is the view's.

use crate::look::{Role, Theme};
use crate::paint::count;
use ratatui::style::{Modifier, Style};
use std::ops::Range;

/// Matches in their order; the current one is that which was jumped to.
#[derive(Debug, Default)]
pub struct Matches {
    ranges: Vec<Range<usize>>,
    current: Option<usize>,
}

impl Matches {
    /// Jumps to the first match that starts at `from` or later, or else to the first one.
    pub fn new(ranges: Vec<Range<usize>>, from: usize) -> Self {
        let next = ranges.partition_point(|found| found.start < from);
        let next = if next < ranges.len() { next } else { 0 };
        Self {
            current: (!ranges.is_empty()).then_some(next),
            ranges,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Where the current one starts.
    pub fn start(&self) -> Option<usize> {
        Some(self.ranges.get(self.current?)?.start)
    }

    /// Jumps to the next or the previous one, around the end; `false` where none is current.
    pub fn step(&mut self, forward: bool) -> bool {
        let Some(current) = self.current else {
            return false;
        };
        let all = self.ranges.len();
        self.current = Some(if forward { current + 1 } else { current + all - 1 } % all);
        true
    }

    /// Leaves the current one.
    pub fn leave(&mut self) {
        self.current = None;
    }

    /// A place in words, behind the number of the current match.
    pub fn told(&self, place: String) -> String {
        let Some(current) = self.current else { return place };
        let (at, all) = (count(current + 1), count(self.len()));
        format!("match {at} of {all} · {place}")
    }

    /// Lays the style of matches over that of places in them, which come in their order from the byte `from` on.
    pub fn marker(&self, from: usize, theme: &Theme) -> impl FnMut(Range<usize>, Style) -> Style {
        let mut at = self.ranges.partition_point(|found| found.end <= from);
        move |place, style| {
            while self.ranges.get(at).is_some_and(|found| found.end <= place.start) {
                at += 1;
            }
            match self.ranges.get(at) {
                Some(found) if found.start < place.end => {
                    let style = style.patch(theme.style(Role::Match));
                    if self.current == Some(at) {
                        style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
                    } else {
                        style
                    }
                }
                _ => style,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_on_from_where_one_is() {
        let at = |ranges: &[Range<usize>], from| Matches::new(ranges.to_vec(), from).current;
        let matches = [2..3, 8..9];
        assert_eq!(at(&matches, 3), Some(1));
        assert_eq!(at(&matches, 9), Some(0));
        assert_eq!(at(&[], 0), None);
    }
}
