//! Bytes and their meaning: envelopes of every peer, values, tables, pictures, and what is said of broken ones.

mod first_look;
mod golden_envelopes;
mod hostile_tables;
mod imported_tables;
mod interop_corpus;
mod json_report;
mod julia_tables;
mod julia_values;
#[cfg(target_os = "linux")]
mod lying_payloads;
mod media;
mod properties;
mod pyarrow_tables;
mod reader_advice;
mod stored_tables;
mod table_bombs;
mod table_rows;
mod typed_values;
