//! The lines of Subjects: subscriptions, streams under a heading, then the tree, with blank lines between.

use natsbridge_app::State;

/// What stands on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectLine {
    /// The row of the state of that number.
    Row(usize),
    /// The heading of the streams.
    Streams,
    /// Why there are no streams to show.
    Trouble,
    /// Air.
    Air,
}

/// How many lines each part takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubjectLines {
    subscriptions: usize,
    streams: usize,
    trouble: bool,
    nodes: usize,
}

impl SubjectLines {
    /// The parts as they are now.
    pub fn new(state: &State) -> Self {
        Self {
            subscriptions: state.subjects.subscriptions.len(),
            streams: state.subjects.streams.streams.len(),
            trouble: state.subjects.streams.trouble.is_some(),
            nodes: state.subjects.tree.visible().len(),
        }
    }

    /// All lines.
    pub fn len(self) -> usize {
        self.tree_start() + self.nodes
    }

    /// The line of a row.
    pub fn line_of(self, row: usize) -> usize {
        let tree = self.subscriptions + self.streams;
        match row {
            row if row < self.subscriptions => row,
            row if row < tree => self.streams_start() + row - self.subscriptions,
            row => self.tree_start() + row - tree,
        }
    }

    /// What stands on a line.
    pub fn at(self, line: usize) -> Option<SubjectLine> {
        let (streams, tree) = (self.streams_start(), self.tree_start());
        Some(match line {
            line if line >= self.len() => return None,
            line if line < self.subscriptions => SubjectLine::Row(line),
            line if line >= tree => SubjectLine::Row(self.subscriptions + self.streams + line - tree),
            line if self.has_streams() && line + 1 == streams => SubjectLine::Streams,
            line if line < streams => SubjectLine::Air,
            line if line < streams + self.streams => SubjectLine::Row(self.subscriptions + line - streams),
            line if self.trouble && line == streams + self.streams => SubjectLine::Trouble,
            _ => SubjectLine::Air,
        })
    }

    fn has_streams(self) -> bool {
        self.streams > 0 || self.trouble
    }

    /// The line of the first stream.
    fn streams_start(self) -> usize {
        self.subscriptions + usize::from(self.has_streams()) * (usize::from(self.subscriptions > 0) + 1)
    }

    fn tree_start(self) -> usize {
        let before = self.streams_start() + self.streams + usize::from(self.trouble);
        before + usize::from(before > 0 && self.nodes > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::SubjectLine::{Air, Row, Streams};
    use super::*;

    #[test]
    fn lines_and_rows_fit_each_other() {
        for subscriptions in 0..3 {
            for streams in 0..3 {
                for nodes in 0..3 {
                    for trouble in [false, true] {
                        let lines = SubjectLines {
                            subscriptions,
                            streams,
                            trouble,
                            nodes,
                        };
                        for row in 0..subscriptions + streams + nodes {
                            assert_eq!(
                                lines.at(lines.line_of(row)),
                                Some(SubjectLine::Row(row)),
                                "{lines:?}"
                            );
                        }
                        let rows = (0..lines.len())
                            .filter(|line| matches!(lines.at(*line), Some(SubjectLine::Row(_))));
                        assert_eq!(rows.count(), subscriptions + streams + nodes, "{lines:?}");
                        assert_eq!(lines.at(lines.len()), None);
                    }
                }
            }
        }
    }

    #[test]
    fn streams_stand_under_their_heading() {
        let lines = SubjectLines {
            subscriptions: 1,
            streams: 2,
            trouble: false,
            nodes: 1,
        };
        let all: Vec<_> = (0..lines.len()).filter_map(|line| lines.at(line)).collect();
        assert_eq!(all, [Row(0), Air, Streams, Row(1), Row(2), Air, Row(3)]);
    }
}
