//! What is wrong with everything received, added up: by code, sender, subject and dialect, with an example of each.

mod book;
mod group;
mod table;

pub use book::Troubles;
pub use group::{GroupBy, TroubleGroup, TroubleRow};
pub use table::{troubles_csv, troubles_json, troubles_text};
