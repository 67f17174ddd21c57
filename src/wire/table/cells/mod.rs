//! Cells as text and as JSON, by their type.

mod brief;
mod cell_json;
mod cell_text;
mod extension;
pub(crate) mod times;
mod type_name;
mod view;
mod zones;

pub(crate) use brief::BoundedString;
pub(crate) use cell_json::{Row, to_json};
pub(crate) use cell_text::write_text;
pub(crate) use extension::Extension;
pub(crate) use type_name::{is_numeric, type_name};
pub(crate) use view::{View, ordering_ticks, view};
pub(crate) use zones::{common_zone, does_julia_know, does_pyarrow_know, find_zone};
