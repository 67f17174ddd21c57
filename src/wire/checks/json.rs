//! The checks of a message as JSON text, before any field of it is looked at.
//! They are found where it is read; keys that stand several times in one object are judged here.

use super::contract::{
    ALL, Check, JAVASCRIPT, JULIA, MICROPYTHON, OTHERS, OURS, PYTHON, PYTHONS, no, partly,
};
use crate::findings::{Code, Finding, quoted, shortened};
use crate::json::{RepeatedKey, repeated_keys};

pub(super) const ROWS: &[Check] = &[
    Check::new(Code::NotAnEnvelope, "Not an envelope", "Nothing to fix if the sender is not a NATSBridge peer.").affects(&[no(ALL, "it is not an envelope")]),
    Check::new(Code::EmptyMessage, "An empty message", "Nothing to fix: a message may have no body.").affects(&[no(ALL, "it is not an envelope")]),
    Check::new(Code::MalformedJson, "Invalid or incomplete JSON", "Send one complete JSON object; check that the message was not truncated on the way.").lines("JSON.json(envelope)", "JSON.stringify(envelope)", "json.dumps(envelope)").affects(&[no(ALL, "")]),
    Check::new(Code::NotUtf8, "JSON that is not UTF-8", "Encode the envelope as UTF-8.").lines("codeunits(JSON.json(envelope))", "new TextEncoder().encode(JSON.stringify(envelope))", "json.dumps(envelope).encode(\"utf-8\")").affects(&[no(OTHERS, "text that is not UTF-8 is refused")]),
    Check::new(Code::ByteOrderMark, "A byte order mark before the JSON", "Write UTF-8 without a byte order mark; strict JSON readers refuse it.").lines("lstrip(text, '\\ufeff')", "text.replace(/^\\uFEFF/, \"\")", "text.encode(\"utf-8\")  # not \"utf-8-sig\"").affects(&[
            no(JAVASCRIPT, "JSON.parse refuses a byte order mark"),
            no(MICROPYTHON, "json refuses a byte order mark"),
            partly(JULIA, "JSON.jl 0.21 refuses a byte order mark, 1.7 skips it"),
            partly(PYTHON, "json takes a byte order mark in bytes and refuses it in a str"),
        ]),
    Check::new(Code::JsonTooDeep, "JSON nested too deeply", "Nest JSON less than 128 levels deep.").affects(&[
            no(OURS, ""),
            partly(PYTHON, "json refuses about 1,000 levels and more"),
        ]),
    Check::new(Code::NonFiniteNumber, "NaN or Infinity in JSON", "NaN and Infinity are not JSON: send null or a string (in Python, json.dumps(allow_nan=False) finds them).").lines("isfinite(x) ? x : nothing", "Number.isFinite(x) ? x : null", "json.dumps(envelope, allow_nan=False)").affects(&[
            no(JAVASCRIPT, "JSON.parse refuses NaN and infinities"),
            no(MICROPYTHON, "json refuses NaN and infinities"),
            partly(JULIA, "JSON.jl 0.21 takes NaN and infinities, 1.7 refuses them"),
        ]),
    Check::new(Code::LoneSurrogate, "Half of a surrogate pair in a string", "A \\ud800–\\udfff escape without its partner is not valid text: fix the string before \
             encoding it.").lines("isvalid(text) || error(\"not UTF-8\")", "text.toWellFormed()", "text.encode(\"utf-16\", \"surrogatepass\").decode(\"utf-16\", \"replace\")").affects(&[
            no(JULIA, "JSON.jl 0.21 refuses half of a surrogate pair, 1.7 garbles it"),
            partly(JAVASCRIPT, "the text cannot be encoded again"),
            partly(PYTHONS, "the text cannot be encoded again"),
        ]),
    Check::new(Code::DuplicateKey, "A repeated key in an object", "Write every key once; readers disagree: most take the last, some the first, some refuse it.").affects(&[partly(OTHERS, "the last of the repeated keys counts")]),
    Check::new(Code::BigInteger, "An integer beyond 2^53", "Integers beyond 2^53 lose digits in JavaScript and elsewhere: send them as strings.").lines("string(id)", "id.toString()  // a BigInt", "str(id)").affects(&[partly(JAVASCRIPT, "numbers are doubles, so integers beyond 2^53 lose digits")]),
    Check::new(Code::HugeInteger, "An integer beyond 2^63", "Integers beyond 2^63 overflow in older Julia: send them as strings.").lines("string(id)", "id.toString()  // a BigInt", "str(id)").affects(&[partly(JULIA, "JSON.jl 0.21 silently wraps integers beyond 2^63 (2^64-1 becomes -1), 1.7 reads them exactly")]),
    Check::new(Code::NumberBeyondDouble, "A number that no double holds", "Send numbers beyond doubles (above 1.8e308, or with more than 17 digits) as strings.").lines("string(x)", "String(x)", "str(x)").affects(&[
            partly(JAVASCRIPT, "JSON.parse reads the nearest double: Infinity, 0, or fewer digits"),
            partly(PYTHONS, "json reads the nearest float: inf, 0.0, or fewer digits"),
            partly(JULIA, "JSON.jl 0.21 reads the nearest Float64 (Inf, 0.0, fewer digits); 1.x reads what is too large as a BigFloat"),
        ]),
];

/// Repeated keys of one value that are told.
const MOST_REPEATED: usize = 50;

/// What is found of the keys that stand several times in one object of a valid JSON text, which begins at byte `start`;
/// paths lead there from the text's own value.
pub(crate) fn repetitions(json: &str, start: usize) -> impl Iterator<Item = Finding> {
    let finding = move |key: RepeatedKey| {
        let message = format!(
            "the key {} stands here {} times; readers differ on which one counts",
            quoted(&key.name),
            key.times
        );
        let path = key.path.with_keys(|key| shortened(key).into_owned());
        Finding::new(Code::DuplicateKey, path.to_string(), message).at(start + key.at)
    };
    repeated_keys(json, MOST_REPEATED).into_iter().map(finding)
}

/// A finding about a place inside a value, put below the place of that value.
pub(crate) fn below_value(mut finding: Finding, value: &str) -> Finding {
    if finding.path.starts_with('[') {
        finding.path = format!("{value}{}", finding.path).into();
        return finding;
    }
    finding.under(value)
}
