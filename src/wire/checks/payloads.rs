//! The checks of one payload: its fields, and whether its body is what they say.
//! Tables, pictures, base64 and links have checks of their own.

use super::contract::{ALL, Check, JAVASCRIPT, JULIA, MICROPYTHON, OTHERS, PYTHONS, STRICT, no, partly};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::TooManyPayloads,
        "More payloads than the limit",
        "Send fewer payloads per envelope.",
    ),
    Check::new(
        Code::UnknownKind,
        "An unknown kind",
        "Use text, dictionary, table, image, audio, video or binary.",
    )
    .affects(&[no(OTHERS, "the kind is unknown there")]),
    Check::new(
        Code::KindDisagrees,
        "type and payload_type differ",
        "type and payload_type name different kinds; set both to the same one.",
    )
    .affects(&[partly(OTHERS, "which kind is used depends on the version")]),
    Check::new(
        Code::MissingData,
        "A payload without data",
        "Send the payload's data: base64 text for direct, a URL for link.",
    )
    .affects(&[no(ALL, "")]),
    Check::new(
        Code::DuplicatePayloadId,
        "Two payloads with the same id",
        "Give every payload its own id.",
    )
    .lines(
        "string(uuid4())  # for each payload",
        "crypto.randomUUID()  // for each payload",
        "str(uuid.uuid4())  # for each payload",
    ),
    Check::new(
        Code::EmptyDataname,
        "A payload without a name",
        "Name the payload: receivers look it up by its name.",
    ),
    Check::new(
        Code::UnknownTransport,
        "An unknown transport",
        "Use direct or link.",
    )
    .affects(&[no(OTHERS, "the transport is unknown there")]),
    Check::new(
        Code::TransportDisagrees,
        "transport does not match data",
        "Use transport link with a URL, and direct with base64 text.",
    )
    .affects(&[no(OTHERS, "it follows transport, which does not match data")]),
    Check::new(
        Code::UnknownEncoding,
        "An unknown encoding",
        "Use base64 for direct payloads and none for links.",
    ),
    Check::new(
        Code::EncodingDisagrees,
        "encoding does not match data",
        "Direct payloads are base64 whatever encoding says; set it to base64.",
    ),
    Check::new(
        Code::RawJsonData,
        "JSON in data without base64",
        "Base64-encode the JSON; most peers cannot read it raw.",
    )
    .lines(
        "base64encode(JSON.json(value))",
        "Buffer.from(JSON.stringify(value)).toString(\"base64\")",
        "base64.b64encode(json.dumps(value).encode()).decode()",
    )
    .affects(&[no(OTHERS, "base64 is expected in data")]),
    Check::new(
        Code::SizeMismatch,
        "A wrong size",
        "Set size to the byte count before base64 encoding.",
    )
    .lines("sizeof(bytes)", "bytes.byteLength", "len(data)  # before base64"),
    Check::new(
        Code::BadSize,
        "A size that is not a byte count",
        "Send size as a non-negative integer.",
    ),
    Check::new(
        Code::KindMismatch,
        "Data of another kind than declared",
        "Declare the kind that the data really is.",
    )
    .affects(&[partly(OTHERS, "it gets data of another kind than declared")]),
    Check::new(
        Code::TextNotUtf8,
        "Text that is not UTF-8",
        "Encode text as UTF-8, or send it as binary.",
    )
    .lines(
        "codeunits(text)",
        "new TextEncoder().encode(text)",
        "text.encode(\"utf-8\")",
    )
    .affects(&[
        no(PYTHONS, "decode() refuses bytes that are not UTF-8"),
        partly(JULIA, "the invalid bytes are kept in the String"),
        partly(JAVASCRIPT, "the invalid bytes become U+FFFD"),
    ]),
    Check::new(
        Code::BadDictionary,
        "A dictionary that is not valid JSON",
        "Send valid JSON in a dictionary payload.",
    )
    .lines(
        "JSON.json(dictionary)",
        "JSON.stringify(dictionary)",
        "json.dumps(dictionary, allow_nan=False)",
    )
    .affects(&[
        no(STRICT, ""),
        partly(
            MICROPYTHON,
            "json accepts some invalid JSON and guesses its meaning",
        ),
    ]),
    Check::new(
        Code::PayloadTooLarge,
        "A payload over the limit",
        "Send large payloads by link.",
    ),
    Check::new(
        Code::OversizeDirect,
        "A large payload inside the envelope",
        "Send payloads of 1 MB and more by link: direct ones grow by a third and fill the brokers' buffers.",
    ),
    Check::new(
        Code::PayloadUnreadable,
        "An unreadable fetched file",
        "The file with the payload cannot be read: check the disk, then fetch the link again.",
    ),
    Check::new(
        Code::ForeignKind,
        "A kind name from another version",
        "Write the dialect that the reader understands: table and dictionary up to 0.4, arrowtable \
             and jsontable from 0.5 on.",
    ),
];
