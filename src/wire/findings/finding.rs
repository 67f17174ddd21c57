//! Findings: what is wrong with a message and where, and the one list of codes with their severities.
//! What a code means, for whom and how to mend it, stands in its row under `checks`.

use std::borrow::Cow;

/// How bad a finding is. Ordered: `Note < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; every peer copes.
    Note,
    /// Some peer will fail or misread.
    Warning,
    /// The message or payload cannot be read as meant.
    Error,
}

impl Severity {
    /// The word used in JSON output and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident),* $(,)?) => {
        /// A stable identifier of a kind of problem; the kebab-case spelling is part of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the code name and its check describe it")]
        pub enum Code { $($name),* }
        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The kebab-case spelling.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The code of that spelling.
            pub fn from_name(name: &str) -> Option<Self> { Self::ALL.iter().copied().find(|code| code.name() == name) }
            /// How bad it is.
            pub const fn severity(self) -> Severity { match self { $(Self::$name => Severity::$severity),* } }
        }
    };
}

codes! {
    // The message as a whole.
    NotAnEnvelope "not-an-envelope" Note,
    EmptyMessage "empty-message" Note,
    MalformedJson "malformed-json" Error,
    NotUtf8 "not-utf8" Error,
    ByteOrderMark "byte-order-mark" Warning,
    JsonTooDeep "json-too-deep" Error,
    NonFiniteNumber "non-finite-number" Error,
    LoneSurrogate "lone-surrogate" Error,
    DuplicateKey "duplicate-key" Warning,
    BigInteger "big-integer" Warning,
    HugeInteger "huge-integer" Warning,
    NumberBeyondDouble "number-beyond-double" Warning,
    MessageTooLarge "message-too-large" Error,
    OverMaxPayload "over-max-payload" Warning,
    ExaminedInPart "examined-in-part" Note,
    MixedDialects "mixed-dialects" Note,
    NoReader "no-reader" Error,
    MissingField "missing-field" Warning,
    NullField "null-field" Note,
    BadPayloads "bad-payloads" Error,
    WrongFieldType "wrong-field-type" Warning,
    UnknownField "unknown-field" Note,
    OldSpelling "old-spelling" Note,
    BadTimestamp "bad-timestamp" Warning,
    TimestampWithoutZone "timestamp-without-zone" Note,
    TimestampFalselyZoned "timestamp-falsely-zoned" Warning,
    ClockSkew "clock-skew" Note,
    IdNotUuid "id-not-uuid" Note,
    CorrelationReused "correlation-reused" Warning,
    ReplyWithoutRequest "reply-without-request" Note,
    BrokerUrlScheme "broker-url-scheme" Note,
    BrokerUrlCredentials "broker-url-credentials" Error,
    WildcardInSlashSubject "wildcard-in-slash-subject" Warning,
    SendToDisagrees "send-to-disagrees" Note,
    ReplyToDisagrees "reply-to-disagrees" Warning,
    HeaderDisagrees "header-disagrees" Note,
    TooManyPayloads "too-many-payloads" Warning,
    MoreFindings "more-findings" Note,
    MalformedHeader "malformed-header" Error,
    // One payload.
    UnknownKind "unknown-kind" Error,
    KindDisagrees "kind-disagrees" Warning,
    MissingData "missing-data" Error,
    DuplicatePayloadId "duplicate-payload-id" Warning,
    EmptyDataname "empty-dataname" Note,
    DatanameBreaksLink "dataname-breaks-link" Warning,
    UnknownTransport "unknown-transport" Error,
    TransportDisagrees "transport-disagrees" Error,
    UnknownEncoding "unknown-encoding" Note,
    EncodingDisagrees "encoding-disagrees" Note,
    RawJsonData "raw-json-data" Error,
    Base64UrlSafe "base64-url-safe" Warning,
    Base64Unpadded "base64-unpadded" Warning,
    Base64Whitespace "base64-whitespace" Note,
    Base64DataUrl "base64-data-url" Error,
    Base64TrailingBits "base64-trailing-bits" Warning,
    BadBase64 "bad-base64" Error,
    SizeMismatch "size-mismatch" Warning,
    BadSize "bad-size" Note,
    KindMismatch "kind-mismatch" Warning,
    TextNotUtf8 "text-not-utf8" Error,
    BadDictionary "bad-dictionary" Error,
    TableIsJson "table-is-json" Error,
    BadJsonTable "bad-jsontable" Warning,
    LinkNotFetched "link-not-fetched" Note,
    LinkNotHttp "link-not-http" Error,
    LinkLocalHost "link-local-host" Warning,
    LinkPrivateHost "link-private-host" Note,
    LinkRefused "link-refused" Warning,
    LinkGone "link-gone" Error,
    LinkUnreachable "link-unreachable" Warning,
    LinkTooLarge "link-too-large" Warning,
    LinkSizeMismatch "link-size-mismatch" Warning,
    LinkEncoded "link-encoded" Warning,
    PayloadTooLarge "payload-too-large" Error,
    OversizeDirect "oversize-direct" Note,
    PayloadUnreadable "payload-unreadable" Error,
    // Tables.
    ArrowTruncated "arrow-truncated" Error,
    ArrowNoEndMark "arrow-no-end-mark" Note,
    ArrowTrailingBytes "arrow-trailing-bytes" Warning,
    ArrowSeveralStreams "arrow-several-streams" Warning,
    ArrowFileFraming "arrow-file-framing" Note,
    ArrowCompressed "arrow-compressed" Warning,
    ArrowViewTypes "arrow-view-types" Warning,
    ArrowDictionaryDelta "arrow-dictionary-delta" Note,
    ArrowDictionaryReplacement "arrow-dictionary-replacement" Warning,
    ArrowFineTimes "arrow-fine-times" Note,
    ArrowUnknownZone "arrow-unknown-zone" Warning,
    ArrowLegacyZone "arrow-legacy-zone" Warning,
    ArrowZoneSpelling "arrow-zone-spelling" Warning,
    ArrowLocalTimes "arrow-local-times" Warning,
    ArrowSmallDecimal "arrow-small-decimal" Warning,
    ArrowWideInteger "arrow-wide-integer" Error,
    ArrowListView "arrow-list-view" Warning,
    ArrowRunEndEncoded "arrow-run-end-encoded" Warning,
    ArrowInterval "arrow-interval" Warning,
    ArrowUndeclaredNulls "arrow-undeclared-nulls" Warning,
    ArrowInvalid "arrow-invalid" Error,
    ArrowLimit "arrow-limit" Error,
    EmptyTable "empty-table" Warning,
    DuplicateColumn "duplicate-column" Warning,
    // Pictures, sound and film.
    ImageInvalid "image-invalid" Error,
    ImageLimit "image-limit" Error,
    ImageTruncated "image-truncated" Error,
    MediaNotShown "media-not-shown" Note,
    AudioInvalid "audio-invalid" Warning,
    VideoInvalid "video-invalid" Warning,
    // What is not as it was, as others send it, or as a file of shapes says.
    ShapeTypeChanged "shape-type-changed" Warning,
    ShapeFieldGone "shape-field-gone" Warning,
    ShapeFieldNew "shape-field-new" Note,
    ShapeOrderChanged "shape-order-changed" Note,
    ShapeNullable "shape-nullable" Warning,
    ShapeZoneLost "shape-zone-lost" Warning,
    ShapeIntegerForFloat "shape-integer-for-float" Warning,
    ShapeValueNew "shape-value-new" Note,
    ShapeSenderDisagrees "shape-sender-disagrees" Warning,
    ShapeUnitSuspected "shape-unit-suspected" Warning,
    ShapeSchemaBroken "shape-schema-broken" Warning,
    // What affects only certain readers; reported when readers are asked about.
    ForeignKeys "foreign-keys" Warning,
    ForeignKind "foreign-kind" Warning,
    TableUnsupported "table-unsupported" Warning,
    OverPeerLimit "over-peer-limit" Warning,
}

impl Code {
    /// Whether it is about a shape: what is not as it was, as others send it, or as a file says.
    pub fn is_of_shape(self) -> bool {
        (Self::ShapeTypeChanged..=Self::ShapeSchemaBroken).contains(&self)
    }
}

/// One thing found wrong (or worth knowing) about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which sort of trouble.
    pub code: Code,
    /// Where: a JSON path such as `payloads[0].size`; empty for the message as a whole.
    pub path: Cow<'static, str>,
    /// Byte offset into the message (or into the payload's body), where one is known.
    pub offset: Option<usize>,
    /// What is wrong, as one sentence with the values in question.
    pub message: String,
    severity: Severity,
}

impl Finding {
    /// A finding about the place that `path` names.
    pub fn new(code: Code, path: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code,
            path: path.into(),
            offset: None,
            message: message.into(),
            severity: code.severity(),
        }
    }

    /// The same finding, worth knowing only: here it harms nobody.
    #[must_use]
    pub fn as_note(mut self) -> Self {
        self.severity = Severity::Note;
        self
    }

    /// The same finding with its byte offset.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same finding, its path put below `prefix` (`payloads[0]` + `size` = `payloads[0].size`).
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.path = if self.path.is_empty() {
            prefix.to_owned()
        } else {
            format!("{prefix}.{}", self.path)
        }
        .into();
        self
    }

    /// How bad it is: as bad as its code says, unless it harms nobody here.
    pub fn severity(&self) -> Severity {
        self.severity
    }
}

/// Findings gathered under a limit: over it the worst stay, among equals the earlier ones. The first finding of each code
/// stays in any case, even over the limit, because readers and filters go by codes. What is left out is counted and said in
/// one last finding.
#[derive(Debug)]
pub(crate) struct Findings {
    /// By severity, each in the order they were found; at most `limit` in all.
    kept: [Vec<Found>; 3],
    /// First findings of their codes that were pushed out of `kept`.
    spared: Vec<Found>,
    /// A bit for each code of which a finding was added.
    told: u128,
    limit: usize,
    /// Findings added so far, left out or not.
    count: usize,
}

/// A finding with its place among all that were added.
#[derive(Debug)]
struct Found {
    finding: Finding,
    place: usize,
    first_of_code: bool,
}

impl Findings {
    /// An empty list that takes `limit` findings.
    pub fn new(limit: usize) -> Self {
        Self {
            kept: Default::default(),
            spared: Vec::new(),
            told: 0,
            limit,
            count: 0,
        }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        let found = Found {
            place: self.count,
            first_of_code: !self.tell(finding.code),
            finding,
        };
        self.told |= bit(found.finding.code);
        self.count += 1;
        self.kept[found.finding.severity() as usize].push(found);
        if self.kept.iter().map(Vec::len).sum::<usize>() > self.limit {
            let out = self.kept.iter_mut().find_map(Vec::pop);
            self.spared.extend(out.filter(|found| found.first_of_code));
        }
    }

    /// Adds a finding made of its parts.
    pub fn add(&mut self, code: Code, path: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.push(Finding::new(code, path, message));
    }

    /// The finding of this code at this place, to be worded anew.
    pub fn find_mut(&mut self, code: Code, path: &str) -> Option<&mut Finding> {
        let kept = self.kept[code.severity() as usize].iter_mut();
        kept.chain(&mut self.spared)
            .map(|found| &mut found.finding)
            .find(|finding| finding.code == code && finding.path == path)
    }

    /// The offsets of all findings that have one.
    pub fn offsets(&mut self) -> Vec<&mut usize> {
        let found = self.kept.iter_mut().flatten().chain(&mut self.spared);
        found.filter_map(|found| found.finding.offset.as_mut()).collect()
    }

    /// Whether it already contains this finding.
    pub fn tell(&self, code: Code) -> bool {
        self.told & bit(code) != 0
    }

    /// An empty list under the same limit, to be appended or dropped.
    pub fn fresh(&self) -> Self {
        Self::new(self.limit)
    }

    /// Takes over all findings of `other`.
    pub fn append(&mut self, other: Self) {
        let (list, left_out) = other.into_parts();
        self.extend(list);
        self.count += left_out;
    }

    /// Takes over a plain list.
    pub fn extend(&mut self, list: impl IntoIterator<Item = Finding>) {
        for finding in list {
            self.push(finding);
        }
    }

    /// The list, with the count of what was left out.
    pub fn into_vec(self) -> Vec<Finding> {
        let (mut list, left_out) = self.into_parts();
        if left_out > 0 {
            let message = format!("{left_out} more findings are not listed");
            list.push(Finding::new(Code::MoreFindings, "", message));
        }
        list
    }

    /// What stayed, in the order it was found, and how many were left out.
    fn into_parts(self) -> (Vec<Finding>, usize) {
        if self.count == 0 {
            return (Vec::new(), 0);
        }
        let mut list: Vec<Found> = self.kept.into_iter().flatten().chain(self.spared).collect();
        list.sort_unstable_by_key(|found| found.place);
        let left_out = self.count - list.len();
        (list.into_iter().map(|found| found.finding).collect(), left_out)
    }
}

const _: () = assert!(Code::ALL.len() <= 128, "a bit for each code");

fn bit(code: Code) -> u128 {
    1 << code as u32
}

/// What a check adds, as code and sentence.
#[cfg(test)]
pub(crate) fn told(check: impl FnOnce(&mut Findings)) -> Vec<(Code, String)> {
    let mut findings = Findings::new(100);
    check(&mut findings);
    let list = findings.into_vec().into_iter();
    list.map(|finding| (finding.code, finding.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;
    use crate::read::read_with;

    const NOTE: Code = Code::IdNotUuid;
    const WARNING: Code = Code::MissingField;
    const ERROR: Code = Code::MissingData;

    /// A list of findings of these codes in this order, each with its place as its path.
    fn gathered(limit: usize, codes: &[Code]) -> Findings {
        let mut findings = Findings::new(limit);
        for (at, code) in codes.iter().enumerate() {
            findings.add(*code, at.to_string(), "");
        }
        findings
    }

    /// The places of what stays, and the number of what does not.
    fn stays(findings: Findings) -> (Vec<usize>, usize) {
        let (list, left_out) = findings.into_parts();
        let places = list.iter().map(|finding| finding.path.parse().unwrap());
        (places.collect(), left_out)
    }

    #[test]
    fn the_worst_stay_and_among_equals_the_earlier_in_the_order_they_were_found() {
        let mut codes = vec![NOTE; 7];
        codes.extend([ERROR, NOTE, WARNING, NOTE]);
        assert_eq!(stays(gathered(11, &codes)), ((0..11).collect(), 0));
        assert_eq!(stays(gathered(5, &codes)), (vec![0, 1, 2, 7, 9], 6));
        assert_eq!(stays(gathered(3, &codes)), (vec![0, 7, 9], 8));
        let more = gathered(5, &codes).into_vec().pop().unwrap().message;
        assert_eq!(more, "6 more findings are not listed");
    }

    #[test]
    fn the_first_of_each_code_stays_whatever_else_there_is() {
        let mut codes = vec![ERROR; 9];
        codes.extend([WARNING, WARNING, NOTE, Code::TooManyPayloads, NOTE, ERROR]);
        assert_eq!(stays(gathered(3, &codes)), (vec![0, 1, 2, 9, 11, 12], 9));
        codes.reverse();
        assert_eq!(stays(gathered(3, &codes)), (vec![0, 1, 2, 4, 6, 7], 9));
    }

    #[test]
    fn a_list_appended_leaves_what_adding_one_by_one_leaves() {
        let cycle = [NOTE, NOTE, WARNING, ERROR, WARNING, NOTE, Code::BadBase64];
        for (limit, split, count) in [(5, 3, 40), (5, 30, 40), (12, 20, 21), (100, 9, 40), (1, 0, 9)] {
            let codes: Vec<Code> = cycle.into_iter().cycle().take(count).collect();
            let (all, mut findings) = (gathered(limit, &codes), gathered(limit, &codes[..split]));
            let mut other = findings.fresh();
            for (at, code) in codes.iter().enumerate().skip(split) {
                other.add(*code, at.to_string(), "");
            }
            findings.append(other);
            assert_eq!(stays(findings), stays(all), "{limit} {split} {count}");
        }
    }

    #[test]
    fn poor_payloads_do_not_hide_that_there_are_too_many() {
        for payload in ["{}", r#"{"data":""}"#, "7", r#"{"id":"1","id":"1","data":1}"#] {
            let payloads = vec![payload; 1025].join(",");
            let raw = format!(r#"{{"msg_id":"1","payloads":[{payloads}]}}"#);
            let read = |findings| {
                let mut limits = Limits::DEFAULT;
                limits.findings = findings;
                read_with(raw.as_bytes(), &limits).findings
            };
            let (all, mut kept) = (read(usize::MAX), read(1000));
            let count = |list: &[Finding], code| list.iter().filter(|finding| finding.code == code).count();
            assert_eq!(count(&kept, Code::TooManyPayloads), 1, "{payload}");
            assert_eq!(count(&kept, ERROR), count(&all, ERROR).min(1000), "{payload}");
            let more = kept.pop().unwrap().message;
            let left_out = all.len() - kept.len();
            assert_eq!(more, format!("{left_out} more findings are not listed"));
        }
    }
}
