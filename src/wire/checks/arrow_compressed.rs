//! `arrow-compressed`: compressed Arrow buffers.

use super::contract::{Check, Lines, NODE, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Compressed Arrow buffers",
    advice: "Write uncompressed buffers: JavaScript readers fail on compressed ones.",
    lines: Lines {
        julia: "Arrow.write(io, table)  # without compress=",
        javascript: "tableToIPC(table, \"stream\")",
        python: "pa.ipc.IpcWriteOptions(compression=None)",
    },
    effects: &[effect(
        NODE,
        Reads::No,
        "apache-arrow has no codec for compressed buffers unless one is registered",
    )],
};
