//! The checks of a message as JSON text, before any field of it is looked at.
//! They are found where it is read.

use super::contract::{ALL, Check, JAVASCRIPT, MICROPYTHON, OTHERS, PYTHON, no, partly};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(Code::NotAnEnvelope, "Not an envelope", "Nothing to fix if the sender is not a NATSBridge peer.").affects(&[no(ALL, "it is not an envelope")]),
    Check::new(Code::EmptyMessage, "An empty message", "Nothing to fix: a message may have no body.").affects(&[no(ALL, "it is not an envelope")]),
    Check::new(Code::MalformedJson, "Invalid or incomplete JSON", "Send one complete JSON object; check that the message was not truncated on the way.").lines("JSON.json(envelope)", "JSON.stringify(envelope)", "json.dumps(envelope)").affects(&[no(ALL, "")]),
    Check::new(Code::NotUtf8, "JSON that is not UTF-8", "Encode the envelope as UTF-8.").lines("codeunits(JSON.json(envelope))", "new TextEncoder().encode(JSON.stringify(envelope))", "json.dumps(envelope).encode(\"utf-8\")").affects(&[no(OTHERS, "text that is not UTF-8 is refused")]),
    Check::new(Code::ByteOrderMark, "A byte order mark before the JSON", "Write UTF-8 without a byte order mark; strict JSON readers refuse it.").lines("lstrip(text, '\\ufeff')", "text.replace(/^\\uFEFF/, \"\")", "text.encode(\"utf-8\")  # not \"utf-8-sig\"").affects(&[
            no(JAVASCRIPT, "JSON.parse refuses a byte order mark"),
            no(MICROPYTHON, "json refuses a byte order mark"),
            partly(PYTHON, "json takes a byte order mark in bytes and refuses it in a str"),
        ]),
    Check::new(Code::JsonTooDeep, "JSON nested too deeply", "Nest JSON less than 128 levels deep.").affects(&[no(ALL, "")]),
    Check::new(Code::NonFiniteNumber, "NaN or Infinity in JSON", "NaN and Infinity are not JSON: send null or a string (in Python, json.dumps(allow_nan=False) finds them).").lines("isfinite(x) ? x : nothing", "Number.isFinite(x) ? x : null", "json.dumps(envelope, allow_nan=False)").affects(&[
            no(JAVASCRIPT, "JSON.parse refuses NaN and infinities"),
            no(MICROPYTHON, "json refuses NaN and infinities"),
        ]),
    Check::new(Code::LoneSurrogate, "Half of a surrogate pair in a string", "A \\ud800–\\udfff escape without its partner is not valid text: fix the string before \
             encoding it.").lines("isvalid(text) || error(\"not UTF-8\")", "text.toWellFormed()", "text.encode(\"utf-16\", \"surrogatepass\").decode(\"utf-16\", \"replace\")").affects(&[partly(OTHERS, "the text cannot be encoded again")]),
    Check::new(Code::DuplicateKey, "A repeated key in an object", "Write every key once; readers disagree on which one counts.").affects(&[partly(OTHERS, "the last of the repeated keys counts")]),
    Check::new(Code::BigInteger, "An integer beyond 2^53", "Integers beyond 2^53 lose digits in JavaScript and elsewhere: send them as strings.").lines("string(id)", "id.toString()  // a BigInt", "str(id)").affects(&[partly(JAVASCRIPT, "numbers are doubles, so integers beyond 2^53 lose digits")]),
];
