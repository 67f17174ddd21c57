//! Who fails on what: the one table from a finding's code to the readers that lose something by it.
//! What Python, node and `MicroPython` do was tried with their own libraries; Julia as `wire/table` knows it.

use super::model::{Family, Reads};
use crate::wire::finding::Code;

/// What a finding means to some readers.
#[derive(Debug, Clone, Copy)]
pub struct Effect {
    /// The readers.
    pub families: &'static [Family],
    /// How much they still get.
    pub reads: Reads,
    /// What happens there, as a clause; empty where the finding's own sentence says it.
    pub why: &'static str,
}

const JULIA: &[Family] = &[Family::Julia];
const NODE: &[Family] = &[Family::Node];
const JAVASCRIPT: &[Family] = &[Family::Node, Family::Browser];
const BROWSER: &[Family] = &[Family::Browser];
const STRICT: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::Ours,
];
const PYTHON: &[Family] = &[Family::Python];
const PYTHONS: &[Family] = &[Family::Python, Family::MicroPython];
const MICROPYTHON: &[Family] = &[Family::MicroPython];
const ARROW: &[Family] = &[Family::Julia, Family::Node, Family::Python];
const OTHERS: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::MicroPython,
];
const ALL: &[Family] = &[
    Family::Julia,
    Family::Node,
    Family::Browser,
    Family::Python,
    Family::MicroPython,
    Family::Ours,
];

const fn effect(families: &'static [Family], reads: Reads, why: &'static str) -> Effect {
    Effect { families, reads, why }
}

macro_rules! effects {
    ($($code:ident => [$($families:ident $reads:ident $why:literal),* $(,)?]),* $(,)?) => {
        /// What a code means to whom; empty where every reader copes.
        pub fn effects_of(code: Code) -> &'static [Effect] {
            match code {
                $(Code::$code => const { &[$(effect($families, Reads::$reads, $why)),*] },)*
                _ => &[],
            }
        }
    };
}

effects! {
    NotAnEnvelope => [ALL No "it is no envelope"],
    EmptyMessage => [ALL No "it is no envelope"],
    MalformedJson => [ALL No ""],
    JsonTooDeep => [ALL No ""],
    MessageTooLarge => [ALL No ""],
    NotUtf8 => [OTHERS No "text that is no UTF-8 is refused"],
    ByteOrderMark => [
        JAVASCRIPT No "JSON.parse refuses a byte order mark",
        MICROPYTHON No "json refuses a byte order mark",
        PYTHON Partly "json takes a byte order mark in bytes and refuses it in a str",
    ],
    NonFiniteNumber => [
        JAVASCRIPT No "JSON.parse refuses NaN and infinities",
        MICROPYTHON No "json refuses NaN and infinities",
    ],
    LoneSurrogate => [OTHERS Partly "half of a surrogate pair is text that cannot be encoded again"],
    DuplicateKey => [OTHERS Partly "the last of the equal keys counts"],
    BigInteger => [JAVASCRIPT Partly "numbers are doubles: integers beyond 2^53 lose digits"],
    MissingField => [OTHERS Partly "a peer that validates refuses the envelope"],
    WrongFieldType => [OTHERS Partly "a value of another type is expected"],
    BadTimestamp => [OTHERS Partly "the timestamp cannot be parsed"],
    MalformedHeader => [OTHERS Partly "many clients lose their connection over it"],
    UnknownKind => [OTHERS No "this kind is unknown there"],
    KindDisagrees => [OTHERS Partly "which of the two kinds counts depends on the version"],
    MissingData => [ALL No ""],
    UnknownTransport => [OTHERS No "this transport is unknown there"],
    TransportDisagrees => [OTHERS No "it goes by the transport, which is not what data is"],
    RawJsonData => [OTHERS No "base64 is expected in data"],
    Base64UrlSafe => [
        JULIA No "base64decode turns the URL-safe alphabet silently into nothing",
        PYTHON No "b64decode skips the URL-safe characters silently",
        MICROPYTHON No "a2b_base64 skips the URL-safe characters silently",
        BROWSER No "atob refuses the URL-safe alphabet",
    ],
    Base64Unpadded => [
        JULIA No "base64decode refuses missing padding",
        PYTHONS No "missing padding is refused: incorrect padding",
    ],
    Base64DataUrl => [OTHERS No "the head of the data: URL is decoded as if it were data"],
    BadBase64 => [ALL No ""],
    KindMismatch => [OTHERS Partly "it gets bytes of another kind than it was told"],
    TextNotUtf8 => [
        PYTHONS No "decode() refuses bytes that are no UTF-8",
        JULIA Partly "the invalid bytes are kept in the String",
        JAVASCRIPT Partly "the invalid bytes become U+FFFD",
    ],
    BadDictionary => [STRICT No "", MICROPYTHON Partly "json takes some text that is no JSON, and guesses"],
    TableIsJson => [ARROW No "an Arrow reader fails on JSON"],
    LinkNotHttp => [ALL No ""],
    LinkLocalHost => [OTHERS Partly "only a reader on the sender's machine reaches the link"],
    LinkGone => [ALL No ""],
    LinkUnreachable => [OTHERS Partly "if the reader reaches it no better than we do, it gets nothing"],
    LinkEncoded => [OTHERS Partly "the compressed bytes may arrive as they are"],
    ArrowTruncated => [
        JULIA No "a cut stream is read as 0 rows, silently",
        PYTHON No "pyarrow refuses a cut stream",
        NODE No "rows are missing, or apache-arrow fails",
    ],
    ArrowTrailingBytes => [ARROW Partly "only the first stream is read, silently"],
    ArrowFileFraming => [PYTHON Partly "open_stream refuses the file format, open_file reads it"],
    ArrowCompressed => [NODE No "apache-arrow has no codec for compressed buffers unless one is registered"],
    ArrowViewTypes => [
        NODE Partly "only late releases of apache-arrow know view types",
        JULIA Partly "only late releases of Arrow.jl know view types",
    ],
    ArrowDictionaryReplacement => [JULIA No "the old dictionary's values are shown, silently"],
    ArrowUnsupportedType => [JULIA No "", NODE Partly "not every release of apache-arrow knows the type"],
    ArrowInvalid => [ARROW No ""],
    EmptyTable => [
        JULIA Partly "0 bytes are a table without columns, silently",
        PYTHON No "pyarrow refuses 0 bytes",
        NODE Partly "0 bytes are a table without columns, silently",
    ],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_twice_for_one_code() {
        for code in Code::ALL {
            let mut named = Vec::new();
            for family in effects_of(*code).iter().flat_map(|effect| effect.families) {
                assert!(!named.contains(family), "{} {family:?}", code.name());
                named.push(*family);
            }
        }
    }
}
