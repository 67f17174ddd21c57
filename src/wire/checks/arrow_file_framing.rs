//! `arrow-file-framing`: the Arrow file format.

use super::contract::{Check, Lines, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "The Arrow file format",
    advice: "Write the stream format; Python's open_stream refuses the file format.",
    lines: Lines {
        julia: "Arrow.write(io, table)  # an IO gives the stream format",
        javascript: "tableToIPC(table, \"stream\")",
        python: "pa.ipc.new_stream(sink, schema)  # not new_file",
    },
    effects: &[effect(
        PYTHON,
        Reads::Partly,
        "open_stream refuses the file format, open_file reads it",
    )],
};
