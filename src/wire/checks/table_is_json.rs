//! `table-is-json`: a table that is JSON.

use super::contract::{ARROW, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A table that is JSON",
    advice: "Send JSON rows as jsontable (or dictionary to 0.4 peers): Arrow readers fail on them.",
    lines: Lines {
        julia: "Arrow.write(io, table)",
        javascript: "tableToIPC(table, \"stream\")",
        python: "pa.ipc.new_stream(sink, table.schema)",
    },
    effects: &[effect(ARROW, Reads::No, "an Arrow reader fails on JSON")],
};
