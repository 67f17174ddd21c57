//! `arrow-several-streams`: several Arrow streams in one payload.

use super::contract::{ARROW, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Several Arrow streams in one payload",
    advice: "Write all batches into one stream: most readers see the first stream only.",
    lines: Lines {
        julia: "Arrow.write(io, Tables.partitioner(tables))",
        javascript: "tableToIPC(new Table(batches), \"stream\")",
        python: "writer.write_batch(batch)  # for each, on one writer",
    },
    effects: &[effect(
        ARROW,
        Reads::Partly,
        "only the first stream is read, silently",
    )],
};
