//! `bad-jsontable`: a jsontable that is no array of objects.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A jsontable that is no array of objects",
    advice: "A jsontable is a JSON array of objects.",
    lines: Lines {
        julia: "JSON.json([Dict(pairs(row)) for row in Tables.namedtupleiterator(table)])",
        javascript: "JSON.stringify(rows)",
        python: "json.dumps(table.to_pylist())",
    },
    effects: &[],
};
