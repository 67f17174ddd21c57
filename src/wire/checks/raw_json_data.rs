//! `raw-json-data`: JSON in data without base64.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "JSON in data without base64",
    advice: "Base64-encode the JSON; most peers cannot read it raw.",
    lines: Lines {
        julia: "base64encode(JSON.json(value))",
        javascript: "Buffer.from(JSON.stringify(value)).toString(\"base64\")",
        python: "base64.b64encode(json.dumps(value).encode()).decode()",
    },
    effects: &[effect(OTHERS, Reads::No, "base64 is expected in data")],
};
