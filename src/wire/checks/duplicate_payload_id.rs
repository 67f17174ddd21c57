//! `duplicate-payload-id`: two payloads with one id.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "Two payloads with one id",
    advice: "Give every payload its own id.",
    lines: Lines {
        julia: "string(uuid4())  # for each payload",
        javascript: "crypto.randomUUID()  // for each payload",
        python: "str(uuid.uuid4())  # for each payload",
    },
    effects: &[],
};
