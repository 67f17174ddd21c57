//! The checks of one payload: its fields, and whether its body is what they say.
//! Tables, pictures, base64 and links have checks of their own.

use super::contract::{
    ALL, Check, JAVASCRIPT, JULIA, Lines, MICROPYTHON, OTHERS, PYTHONS, Reads, STRICT, effect,
};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::TooManyPayloads,
        title: "More payloads than the limit",
        advice: "Send fewer payloads per envelope.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::UnknownKind,
        title: "An unknown kind",
        advice: "Use text, dictionary, table, image, audio, video or binary.",
        lines: Lines::NONE,
        effects: &[effect(OTHERS, Reads::No, "the kind is unknown there")],
    },
    Check {
        code: Code::KindDisagrees,
        title: "type and payload_type differ",
        advice: "type and payload_type name different kinds; set both to the same one.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "which kind is used depends on the version",
        )],
    },
    Check {
        code: Code::MissingData,
        title: "A payload without data",
        advice: "Send the payload's data: base64 text for direct, a URL for link.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "")],
    },
    Check {
        code: Code::DuplicatePayloadId,
        title: "Two payloads with the same id",
        advice: "Give every payload its own id.",
        lines: Lines {
            julia: "string(uuid4())  # for each payload",
            javascript: "crypto.randomUUID()  // for each payload",
            python: "str(uuid.uuid4())  # for each payload",
        },
        effects: &[],
    },
    Check {
        code: Code::EmptyDataname,
        title: "A payload without a name",
        advice: "Name the payload: receivers look it up by its name.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::UnknownTransport,
        title: "An unknown transport",
        advice: "Use direct or link.",
        lines: Lines::NONE,
        effects: &[effect(OTHERS, Reads::No, "the transport is unknown there")],
    },
    Check {
        code: Code::TransportDisagrees,
        title: "transport does not match data",
        advice: "Use transport link with a URL, and direct with base64 text.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::No,
            "it follows transport, which does not match data",
        )],
    },
    Check {
        code: Code::UnknownEncoding,
        title: "An unknown encoding",
        advice: "Use base64 for direct payloads and none for links.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::EncodingDisagrees,
        title: "encoding does not match data",
        advice: "Direct payloads are base64 whatever encoding says; set it to base64.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::RawJsonData,
        title: "JSON in data without base64",
        advice: "Base64-encode the JSON; most peers cannot read it raw.",
        lines: Lines {
            julia: "base64encode(JSON.json(value))",
            javascript: "Buffer.from(JSON.stringify(value)).toString(\"base64\")",
            python: "base64.b64encode(json.dumps(value).encode()).decode()",
        },
        effects: &[effect(OTHERS, Reads::No, "base64 is expected in data")],
    },
    Check {
        code: Code::SizeMismatch,
        title: "A wrong size",
        advice: "Set size to the byte count before base64 encoding.",
        lines: Lines {
            julia: "sizeof(bytes)",
            javascript: "bytes.byteLength",
            python: "len(data)  # before base64",
        },
        effects: &[],
    },
    Check {
        code: Code::BadSize,
        title: "A size that is not a byte count",
        advice: "Send size as a non-negative integer.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::KindMismatch,
        title: "Data of another kind than declared",
        advice: "Declare the kind that the data really is.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "it gets data of another kind than declared",
        )],
    },
    Check {
        code: Code::TextNotUtf8,
        title: "Text that is not UTF-8",
        advice: "Encode text as UTF-8, or send it as binary.",
        lines: Lines {
            julia: "codeunits(text)",
            javascript: "new TextEncoder().encode(text)",
            python: "text.encode(\"utf-8\")",
        },
        effects: &[
            effect(PYTHONS, Reads::No, "decode() refuses bytes that are not UTF-8"),
            effect(JULIA, Reads::Partly, "the invalid bytes are kept in the String"),
            effect(JAVASCRIPT, Reads::Partly, "the invalid bytes become U+FFFD"),
        ],
    },
    Check {
        code: Code::BadDictionary,
        title: "A dictionary that is not valid JSON",
        advice: "Send valid JSON in a dictionary payload.",
        lines: Lines {
            julia: "JSON.json(dictionary)",
            javascript: "JSON.stringify(dictionary)",
            python: "json.dumps(dictionary, allow_nan=False)",
        },
        effects: &[
            effect(STRICT, Reads::No, ""),
            effect(
                MICROPYTHON,
                Reads::Partly,
                "json accepts some invalid JSON and guesses its meaning",
            ),
        ],
    },
    Check {
        code: Code::PayloadTooLarge,
        title: "A payload over the limit",
        advice: "Send large payloads by link.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::OversizeDirect,
        title: "A large payload inside the envelope",
        advice: "Send payloads of 1 MB and more by link: direct ones grow by a third and fill the brokers' buffers.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::PayloadUnreadable,
        title: "An unreadable fetched file",
        advice: "The file with the payload cannot be read: check the disk, then fetch the link again.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::ForeignKind,
        title: "A kind name from another version",
        advice: "Write the dialect that the reader understands: table and dictionary up to 0.4, arrowtable \
             and jsontable from 0.5 on.",
        lines: Lines::NONE,
        effects: &[],
    },
];
