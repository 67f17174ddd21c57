//! What a session sends for a person: single messages, requests, repeats, and armed automatic answers.

mod model;

pub use model::{
    Answer, JobId, JobReport, JobStage, Responder, ResponderId, ResponderView, SendJob, SendMode,
};
