//! `timestamp-falsely-zoned`: a local time that says it is UTC.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A local time that passes for UTC",
    advice: "Send UTC, not local time with a Z behind it; on MicroPython set the clock with ntptime.settime().",
    lines: Lines {
        julia: "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"  # not now()",
        javascript: "new Date().toISOString()",
        python: "datetime.now(timezone.utc)  # not datetime.now()",
    },
    effects: &[effect(OTHERS, Reads::Partly, "the time is off by the zone")],
};
