//! The file of shapes that a flag names.

use crate::cli::exit::Failure;
use natsbridge_engine::{Contract, sentence};
use natsbridge_wire::Limits;
use std::path::Path;

/// Reads a file of shapes.
pub fn contract(path: &Path, limits: &Limits) -> Result<Contract, Failure> {
    Contract::open(path, limits).map_err(|error| Failure::usage(sentence(&error)))
}
