//! The meaning of a column beyond its storage type, by its extension name: Julia's `JuliaLang.*` names and those that Arrow
//! itself has agreed on.

use arrow::datatypes::{DataType, Field};
use serde::Deserialize;
use std::sync::Arc;

const NAME: &str = "ARROW:extension:name";
const METADATA: &str = "ARROW:extension:metadata";

/// A meaning that changes how values are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Extension {
    /// The storage type is the meaning.
    #[default]
    Plain,
    /// Sixteen bytes in network order.
    Uuid,
    /// A byte that is 0 for false.
    Bool8,
    /// Numbers of several dimensions in one list.
    Tensor(Arc<Tensor>),
    /// Sixteen bytes of Julia's UInt128, least significant first.
    JuliaUuid,
    /// A code point.
    Char,
    /// Four bytes as a number.
    Ipv4,
    /// Sixteen bytes of Julia's UInt128.
    Ipv6,
    /// A struct whose field names are positions.
    Tuple,
    /// A clock time of its zone, stored as if it were UTC: as Arrow.jl before 2.4.2 writes zoned times.
    JuliaZoned,
}

/// What is said of the tensors of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tensor {
    /// The lengths of the dimensions as they are stored, the last one running fastest; empty where each value says its own.
    pub shape: Vec<usize>,
    /// For each dimension that is shown the stored one; empty where they are the same.
    pub permutation: Vec<usize>,
    /// Lengths that all values share, where each says its own.
    uniform_shape: Vec<Option<usize>>,
}

impl Tensor {
    /// How many values a tensor of this shape has.
    pub fn count(shape: &[usize]) -> Option<usize> {
        shape
            .iter()
            .try_fold(1_usize, |count, length| count.checked_mul(*length))
    }

    /// The dimensions as they are shown, each with its length and how far its steps are apart; `None` where the order makes no
    /// sense.
    pub fn dimensions(&self, shape: &[usize]) -> Option<Vec<(usize, usize)>> {
        let mut steps = vec![1_usize; shape.len()];
        for at in (1..shape.len()).rev() {
            steps[at - 1] = steps[at].saturating_mul(shape[at]);
        }
        let stored: Vec<_> = shape.iter().copied().zip(steps).collect();
        if self.permutation.is_empty() {
            return Some(stored);
        }
        let mut sorted = self.permutation.clone();
        sorted.sort_unstable();
        let shown = self.permutation.iter().map(|at| stored.get(*at).copied());
        sorted.into_iter().eq(0..shape.len()).then(|| shown.collect())?
    }

    /// The lengths of the dimensions as they are shown, `?` where each value says its own.
    pub fn words(&self, dimensions: usize) -> String {
        let length = |at: usize| match (self.shape.get(at), self.uniform_shape.get(at)) {
            (Some(length), _) | (None, Some(Some(length))) => length.to_string(),
            _ => "?".to_owned(),
        };
        let places: Vec<usize> = match &self.permutation[..] {
            [] => (0..dimensions).collect(),
            order => order.to_vec(),
        };
        places.into_iter().map(length).collect::<Vec<_>>().join(",")
    }
}

impl Extension {
    /// The meaning of a field's values.
    pub fn of(field: &Field) -> Self {
        match (name(field), field.data_type()) {
            (Some("arrow.uuid"), _) => Self::Uuid,
            (Some("arrow.bool8"), DataType::Int8) => Self::Bool8,
            (Some("arrow.fixed_shape_tensor" | "arrow.variable_shape_tensor"), _) => {
                tensor(field).map_or(Self::Plain, |tensor| Self::Tensor(tensor.into()))
            }
            (Some("JuliaLang.UUID"), _) => Self::JuliaUuid,
            (Some("JuliaLang.Char"), _) => Self::Char,
            (Some("JuliaLang.IPv4"), _) => Self::Ipv4,
            (Some("JuliaLang.IPv6"), _) => Self::Ipv6,
            (Some("JuliaLang.Tuple"), _) => Self::Tuple,
            (Some("JuliaLang.ZonedDateTime"), _) => Self::JuliaZoned,
            _ => Self::Plain,
        }
    }

    /// The field of clock times under the name by which Arrow.jl since 2.4.2 stores instants.
    pub fn as_instants(field: Field) -> Field {
        let mut metadata = field.metadata().clone();
        metadata.insert(NAME.to_owned(), "JuliaLang.ZonedDateTime-UTC".to_owned());
        field.with_metadata(metadata)
    }
}

/// The extension name of a field, if it has one.
pub(super) fn name(field: &Field) -> Option<&str> {
    field
        .metadata()
        .get(NAME)
        .map(String::as_str)
        .filter(|name| !name.is_empty())
}

/// The Julia type that a field carries, without its prefix.
pub(super) fn julia_name(field: &Field) -> Option<&str> {
    name(field)?.strip_prefix("JuliaLang.")
}

/// What the extension's metadata says, where it is what its name promises.
fn said<T: for<'a> Deserialize<'a>>(field: &Field) -> Option<T> {
    let metadata = field.metadata().get(METADATA).map_or("", String::as_str);
    serde_json::from_str(if metadata.is_empty() { "{}" } else { metadata }).ok()
}

fn tensor(field: &Field) -> Option<Tensor> {
    said(field)
}

/// The type of another system that an opaque column carries, and whose.
pub(super) fn opaque(field: &Field) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Opaque {
        type_name: String,
        vendor_name: String,
    }
    let opaque: Opaque = said(field)?;
    Some((opaque.type_name, opaque.vendor_name))
}
