//! `id-not-uuid`: an id that is no UUID version 4.

use super::contract::{Check, Lines};
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "An id that is no UUID version 4",
    advice: "Use a UUID version 4, as the other peers do.",
    lines: Lines {
        julia: "string(uuid4())",
        javascript: "crypto.randomUUID()",
        python: "str(uuid.uuid4())",
    },
    effects: &[],
};

/// Checks an id; an empty one says nothing.
pub fn check_id(id: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    if !id.is_empty() && !is_uuid_v4(id) {
        let message = format!("{} is no UUID version 4", quoted(id));
        findings.add(Code::IdNotUuid, path(), message);
    }
}

fn is_uuid_v4(id: &str) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let Ok(mut id) = <[u8; 36]>::try_from(id.as_bytes()) else {
        return false;
    };
    let version = id[14] == b'4' && matches!(id[19], b'8' | b'9' | b'a' | b'b' | b'A' | b'B');
    let dashes = DASHES.iter().all(|at| id[*at] == b'-');
    for at in DASHES {
        id[at] = b'0';
    }
    // Without an early exit the compiler looks at many digits at once.
    version && dashes && id.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_version_4_ids_pass() {
        assert!(is_uuid_v4("256e050c-c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("aa84567c-e660-11f1-3afd-2ddd9f9b9ee6"));
        assert!(!is_uuid_v4("256e050c-c0ea-4f6f-b042-35931741852g"));
        assert!(!is_uuid_v4("256e050c0c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("cmd-001"));
    }
}
