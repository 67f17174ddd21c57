//! How a draft spells headers: a row for each value, with the keys `name` and `value`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    value: String,
}

/// Writes the rows.
pub(super) fn serialize<S: Serializer>(
    headers: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let headers = headers.iter().cloned();
    serializer.collect_seq(headers.map(|(name, value)| Header { name, value }))
}

/// Reads them.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    let headers = Vec::<Header>::deserialize(deserializer)?.into_iter();
    Ok(headers.map(|header| (header.name, header.value)).collect())
}
