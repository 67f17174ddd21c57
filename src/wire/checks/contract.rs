//! What is known about a finding code: what it means, who is affected, how to fix it. Data only.

use crate::findings::Code;

/// The library stack a peer reads with; they differ in base64, JSON and Arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReaderStack {
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
pub enum Readability {
    /// All of it, with its intended meaning.
    Yes,
    /// It reads it, but loses or misunderstands something, or only some of its versions do.
    Partly,
    /// It fails, or gets something other than what was sent.
    No,
}

impl Readability {
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
    pub families: &'static [ReaderStack],
    /// How much they still get.
    pub reads: Readability,
    /// What happens there, as a clause; if empty, the finding's own sentence is used.
    pub why: &'static str,
}

/// These readers fail, or get something else.
pub(super) const fn no(families: &'static [ReaderStack], why: &'static str) -> Effect {
    let reads = Readability::No;
    Effect { families, reads, why }
}

/// These readers lose or misunderstand something.
pub(super) const fn partly(families: &'static [ReaderStack], why: &'static str) -> Effect {
    let reads = Readability::Partly;
    Effect { families, reads, why }
}

pub(super) const JULIA: &[ReaderStack] = &[ReaderStack::Julia];
pub(super) const NODE: &[ReaderStack] = &[ReaderStack::Node];
pub(super) const JAVASCRIPT: &[ReaderStack] = &[ReaderStack::Node, ReaderStack::Browser];
pub(super) const BROWSER: &[ReaderStack] = &[ReaderStack::Browser];
pub(super) const STRICT: &[ReaderStack] = &[
    ReaderStack::Julia,
    ReaderStack::Node,
    ReaderStack::Browser,
    ReaderStack::Python,
    ReaderStack::Ours,
];
pub(super) const PYTHON: &[ReaderStack] = &[ReaderStack::Python];
pub(super) const PYTHONS: &[ReaderStack] = &[ReaderStack::Python, ReaderStack::MicroPython];
pub(super) const MICROPYTHON: &[ReaderStack] = &[ReaderStack::MicroPython];
pub(super) const ARROW: &[ReaderStack] = &[ReaderStack::Julia, ReaderStack::Node, ReaderStack::Python];
pub(super) const OTHERS: &[ReaderStack] = &[
    ReaderStack::Julia,
    ReaderStack::Node,
    ReaderStack::Browser,
    ReaderStack::Python,
    ReaderStack::MicroPython,
];
pub(super) const OURS: &[ReaderStack] = &[ReaderStack::Ours];
pub(super) const ALL: &[ReaderStack] = &[
    ReaderStack::Julia,
    ReaderStack::Node,
    ReaderStack::Browser,
    ReaderStack::Python,
    ReaderStack::MicroPython,
    ReaderStack::Ours,
];
