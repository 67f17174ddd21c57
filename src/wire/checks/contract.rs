//! What is known about a finding code: what it means, who is affected, how to fix it. Data only.

use crate::findings::Code;

/// The library stack a peer reads with; they differ in base64, JSON and Arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Base64, JSON.jl and Arrow.jl.
    Julia,
    /// Node: Buffer, `JSON.parse` and apache-arrow.
    Node,
    /// A browser: `atob`, `JSON.parse` and no Arrow.
    Browser,
    /// CPython: base64, json and pyarrow.
    Python,
    /// `MicroPython`: binascii and json.
    MicroPython,
    /// This product.
    Ours,
}

/// How much of a message a reader gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reads {
    /// All of it, with its intended meaning.
    Yes,
    /// It reads it, but loses or misunderstands something, or only some of its versions do.
    Partly,
    /// It fails, or gets something other than what was sent.
    No,
}

impl Reads {
    /// The word used on the command line and in JSON output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

/// A kind of problem.
#[derive(Debug)]
pub struct Check {
    /// The code that findings carry; its spelling and severity stand with it.
    pub code: Code,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How to fix it at the source.
    pub advice: &'static str,
    /// The same as code, where that helps.
    pub lines: Lines,
    /// Who is affected; empty if every reader copes. The behaviour of Python, node and `MicroPython` was tested with
    /// their own libraries; that of Julia is based on real bytes and results.
    pub effects: &'static [Effect],
}

impl Check {
    /// A kind of problem that every reader copes with and no line of code mends.
    pub(super) const fn new(code: Code, title: &'static str, advice: &'static str) -> Self {
        let (lines, effects): (_, &[Effect]) = (Lines::NONE, &[]);
        Self {
            code,
            title,
            advice,
            lines,
            effects,
        }
    }

    /// With a line of correct code for each language, empty where there is none.
    pub(super) const fn lines(
        mut self,
        julia: &'static str,
        javascript: &'static str,
        python: &'static str,
    ) -> Self {
        self.lines = Lines {
            julia,
            javascript,
            python,
        };
        self
    }

    /// With the readers that it affects.
    pub(super) const fn affects(mut self, effects: &'static [Effect]) -> Self {
        self.effects = effects;
        self
    }
}

/// A line of correct code per language; empty if there is none.
#[derive(Debug)]
pub struct Lines {
    /// Julia.
    pub julia: &'static str,
    /// JavaScript.
    pub javascript: &'static str,
    /// Python.
    pub python: &'static str,
}

impl Lines {
    /// No code helps.
    pub const NONE: Self = Self {
        julia: "",
        javascript: "",
        python: "",
    };

    /// The languages that have a line, by name.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            ("Julia", self.julia),
            ("JavaScript", self.javascript),
            ("Python", self.python),
        ]
        .into_iter()
        .filter(|(_, line)| !line.is_empty())
    }
}

/// What a finding means to some readers.
#[derive(Debug, Clone, Copy)]
pub struct Effect {
    /// The readers.
    pub families: &'static [Family],
    /// How much they still get.
    pub reads: Reads,
    /// What happens there, as a clause; if empty, the finding's own sentence is used.
    pub why: &'static str,
}

pub(super) const fn effect(families: &'static [Family], reads: Reads, why: &'static str) -> Effect {
    Effect { families, reads, why }
}

pub(super) const JULIA: &[Family] = &[Family::Julia];
pub(super) const NODE: &[Family] = &[Family::Node];
pub(super) const JAVASCRIPT: &[Family] = &[Family::Node, Family::Browser];
pub(super) const BROWSER: &[Family] = &[Family::Browser];
pub(super) const STRICT: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::Ours,
];
pub(super) const PYTHON: &[Family] = &[Family::Python];
pub(super) const PYTHONS: &[Family] = &[Family::Python, Family::MicroPython];
pub(super) const MICROPYTHON: &[Family] = &[Family::MicroPython];
pub(super) const ARROW: &[Family] = &[Family::Julia, Family::Node, Family::Python];
pub(super) const OTHERS: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::MicroPython,
];
pub(super) const ALL: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::MicroPython,
    Family::Ours,
];
