//! What a session sends: single messages, requests, repeats, and automatic answers.

mod answerer;
mod armed;
mod asked_request;
mod error;
mod job;
mod lazy_bridge;
mod loader;
mod queue;
mod reports;
mod responder;
mod run;
mod send_job;
mod timeline_notes;
mod turns;
mod variable_values;

pub(crate) use armed::{ResponderList, answer};
pub(crate) use lazy_bridge::{Line, Standing};
pub(crate) use loader::Contents;
pub(crate) use queue::Waiting;
pub(crate) use reports::{Account, ProgressReporter};
pub(crate) use send_job::{SendContext, Sending};
pub(crate) use timeline_notes::TimelineReporter;

pub use answerer::{AnswerError, Answerer, FixedAnswerer, Given, answer_fn};
pub use asked_request::Asked;
pub use error::JobError;
pub use job::{
    Answer, Responder, ResponderId, ResponderView, SendId, SendJob, SendMode, SendProgress, SendStage,
    UnansweredCounts,
};
pub use responder::{Answered, RespondOptions, Responding};
pub use run::{Run, RunControl};
pub use turns::turns;
pub use variable_values::filled;
