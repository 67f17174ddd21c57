//! `arrow-dictionary-delta`: delta dictionaries.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "Delta dictionaries",
    advice: "Some readers do not apply delta dictionaries.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "pa.ipc.IpcWriteOptions(emit_dictionary_deltas=False)",
    },
    effects: &[],
};
