//! The verbs.
mod run;
pub use run::run;
