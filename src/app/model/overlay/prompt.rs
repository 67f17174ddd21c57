//! What helps with the open prompt, as data.

use crate::model::typing::Offers;
use std::collections::{BTreeMap, VecDeque};

/// What was answered, by the sort of prompt; the newest first.
pub type Histories = BTreeMap<String, VecDeque<String>>;

/// What helps with the open prompt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompting {
    /// Whole lines that could be meant.
    pub offers: Offers,
    /// Which earlier answer stands in the line, and what was typed before it was taken.
    pub(crate) recalled: Option<(usize, String)>,
}
