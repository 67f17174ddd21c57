//! The integration tests: one binary, so that it links once.

mod architecture;
mod arrow_hostile;
mod arrow_tables;
mod julia_tables;
mod media;
mod wire_broken;
mod wire_golden;
mod wire_julia;
mod wire_properties;
mod wire_report;
