//! A group of problems with the same code, sender and subject, and rows that combine several groups.

use natsbridge_wire::{Code, Dialect, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A code on one subject, from one sender, in one dialect: how often it was found, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemEntry {
    /// Which sort of problem.
    pub code: Code,
    /// The worst it was.
    pub severity: Severity,
    /// The subject.
    pub subject: Arc<str>,
    /// The name that the sender gives itself; empty where it gives none, and for what is no envelope.
    pub sender: Arc<str>,
    /// The dialect; `None` for what is no envelope.
    pub dialect: Option<Dialect>,
    /// Findings.
    pub count: u64,
    /// Arrival of the first message that has it, microseconds since the Unix epoch.
    pub first_us: i64,
    /// Arrival of the last one.
    pub last_us: i64,
    /// The number of the last one: the example that is kept longest.
    pub example: u64,
    /// What was found in it, as a sentence.
    pub message: String,
}

/// Grouping of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    /// By what is wrong.
    #[default]
    Code,
    /// By who sent it.
    Sender,
    /// By where it came.
    Subject,
    /// By how it is spelled.
    Dialect,
}

impl GroupBy {
    /// All of them, in the order in which one goes through them.
    pub const ALL: [Self; 4] = [Self::Code, Self::Sender, Self::Subject, Self::Dialect];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Sender => "sender",
            Self::Subject => "subject",
            Self::Dialect => "dialect",
        }
    }

    /// The next grouping, this many steps further, wrapping around.
    #[must_use]
    pub fn step(self, steps: isize) -> Self {
        let at = (self as isize + steps).rem_euclid(Self::ALL.len() as isize);
        Self::ALL[at as usize]
    }

    fn label(self, problem: &ProblemEntry) -> &str {
        let label = match self {
            Self::Code => problem.code.name(),
            Self::Sender => &problem.sender,
            Self::Subject => &problem.subject,
            Self::Dialect => problem.dialect.map_or("no envelope", Dialect::name),
        };
        if label.is_empty() { "unnamed" } else { label }
    }
}

/// Troubles that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemGroup {
    /// What they have in common.
    pub label: String,
    /// The worst of them.
    pub severity: Severity,
    /// Findings.
    pub count: u64,
    /// Its codes, the most frequent first.
    pub codes: Vec<Code>,
    /// Who sent them, by name.
    pub senders: Vec<Arc<str>>,
    /// Where they came.
    pub subjects: Vec<Arc<str>>,
    /// Arrival of the first message, microseconds since the Unix epoch.
    pub first_us: i64,
    /// Arrival of the last one.
    pub last_us: i64,
    /// The number of the last message with the worst of it.
    pub example: u64,
    /// What was found in it, as a sentence.
    pub message: String,
}

/// Combines problems; the worst first, then the most frequent.
pub(super) fn rows<'t>(problems: impl Iterator<Item = &'t ProblemEntry>, by: GroupBy) -> Vec<ProblemGroup> {
    let mut groups: BTreeMap<&str, Vec<&ProblemEntry>> = BTreeMap::new();
    for problem in problems {
        groups.entry(by.label(problem)).or_default().push(problem);
    }
    let mut rows: Vec<ProblemGroup> = groups.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)));
    rows
}

fn row((label, problems): (&str, Vec<&ProblemEntry>)) -> Option<ProblemGroup> {
    let worst = problems
        .iter()
        .max_by_key(|problem| (problem.severity, problem.example))?;
    let mut codes: BTreeMap<Code, u64> = BTreeMap::new();
    for problem in &problems {
        *codes.entry(problem.code).or_default() += problem.count;
    }
    let mut codes: Vec<(Code, u64)> = codes.into_iter().collect();
    codes.sort_by_key(|(code, count)| std::cmp::Reverse((code.severity(), *count)));
    let senders: BTreeSet<&Arc<str>> = problems.iter().map(|problem| &problem.sender).collect();
    let subjects: BTreeSet<&Arc<str>> = problems.iter().map(|problem| &problem.subject).collect();
    Some(ProblemGroup {
        label: label.to_owned(),
        severity: worst.severity,
        count: problems.iter().map(|problem| problem.count).sum(),
        codes: codes.into_iter().map(|(code, _)| code).collect(),
        senders: senders.into_iter().cloned().collect(),
        subjects: subjects.into_iter().cloned().collect(),
        first_us: problems.iter().map(|problem| problem.first_us).min()?,
        last_us: problems.iter().map(|problem| problem.last_us).max()?,
        example: worst.example,
        message: worst.message.clone(),
    })
}
