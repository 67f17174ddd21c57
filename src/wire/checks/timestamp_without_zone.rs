//! `timestamp-without-zone`: a timestamp without a zone.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A timestamp without a zone",
    advice: "Send UTC with a trailing Z; without a zone the reader has to guess.",
    lines: Lines {
        julia: "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"",
        javascript: "new Date().toISOString()",
        python: "datetime.now(timezone.utc).isoformat().replace(\"+00:00\", \"Z\")",
    },
    effects: &[],
};
