//! `empty-table`: a table of 0 bytes.

use super::contract::{Check, JULIA, Lines, NODE, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A table of 0 bytes",
    advice: "The payload has no bytes: write a schema even for a table without rows.",
    lines: Lines {
        julia: "Arrow.write(io, (a = Int[],))",
        javascript: "tableToIPC(table, \"stream\")",
        python: "pa.ipc.new_stream(sink, schema).close()",
    },
    effects: &[
        effect(
            JULIA,
            Reads::Partly,
            "0 bytes are a table without columns, silently",
        ),
        effect(PYTHON, Reads::No, "pyarrow refuses 0 bytes"),
        effect(
            NODE,
            Reads::Partly,
            "0 bytes are a table without columns, silently",
        ),
    ],
};
