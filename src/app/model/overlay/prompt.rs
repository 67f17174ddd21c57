//! Completions and history of the open prompt. Data only.

use crate::model::typing::Completions;
use std::collections::{BTreeMap, VecDeque};

/// Earlier answers, by kind of prompt, newest first.
pub type Histories = BTreeMap<String, VecDeque<String>>;

/// What helps with the open prompt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompting {
    /// Whole lines that could be meant.
    pub offers: Completions,
    /// Which earlier answer is in the line, and what was typed before.
    pub(crate) recalled: Option<(usize, String)>,
}
