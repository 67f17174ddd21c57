//! The integration tests: one binary, so that it links once.

mod architecture;
mod arrow_hostile;
mod arrow_tables;
mod julia_tables;
