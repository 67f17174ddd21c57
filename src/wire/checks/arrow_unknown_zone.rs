//! `arrow-unknown-zone`: a time zone that is in no database.

use super::contract::{Check, JULIA, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A time zone that is in no database",
    advice: "Name zones as the IANA database does (Europe/Berlin, UTC, +01:00).",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "column.cast(pa.timestamp(\"ms\", tz=\"UTC\"))",
    },
    effects: &[effect(JULIA, Reads::No, "Arrow.jl refuses unknown zones")],
};
