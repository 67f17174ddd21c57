//! What a probe finds. Data only.

use natsbridge_wire::Dialect;

/// How one exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeVerdict {
    /// Everything came back as it was sent.
    Same,
    /// It answered, and something differs.
    Differs,
    /// It answered that it cannot read it (`NACK`).
    Refused,
    /// No answer came in time.
    Silent,
}

impl ProbeVerdict {
    /// The word used in JSON output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Refused => "refused",
            Self::Silent => "silent",
        }
    }
}

/// One thing that is not as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeDifference {
    /// A stable word for the sort of difference, or the code of a finding about the answer.
    pub code: &'static str,
    /// Where, as a JSON path into the answer.
    pub path: String,
    /// What was sent and what came, as a clause.
    pub message: String,
}

impl ProbeDifference {
    pub(super) fn new(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { code, path, message }
    }
}

/// One exchange: a case in a dialect over a transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeResult {
    /// Which case: a kind, or a kind and what is special.
    pub case: &'static str,
    /// The dialect it was sent in.
    pub dialect: Dialect,
    /// Whether by link.
    pub link: bool,
    /// How it ended.
    pub verdict: ProbeVerdict,
    /// Why it did not come back the same.
    pub differences: Vec<ProbeDifference>,
}
