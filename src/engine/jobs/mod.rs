//! What a session sends for a person: single messages, requests, repeats, and armed automatic answers.

mod answerer;
mod armed;
mod asked;
mod contents;
mod filling;
mod herald;
mod line;
mod model;
mod responding;
mod sending;
mod waiting;

pub use answerer::{Answerer, Composed, Given};
pub(super) use armed::{Board, answer};
pub use asked::Asked;
pub(super) use contents::Contents;
pub use filling::filled;
pub(super) use herald::{Account, Herald};
pub(super) use line::Line;
pub use model::{
    Answer, JobId, JobReport, JobStage, Responder, ResponderId, ResponderView, SendJob, SendMode, Skipped,
};
pub use responding::{Answered, RespondOptions, Responding};
pub(super) use sending::Sending;
pub(super) use waiting::Waiting;
