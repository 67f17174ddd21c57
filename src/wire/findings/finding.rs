//! Findings: what is wrong with a message, for whom, and how to mend it. The one list of codes.

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
        /// A stable identifier of one sort of trouble; the kebab-case spelling is part of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the code's own spelling and its check say it")]
        pub enum Code { $($name),* }
        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The kebab-case spelling.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The code of that spelling.
            pub fn from_name(name: &str) -> Option<Self> { Self::ALL.iter().copied().find(|code| code.name() == name) }
            /// How bad it is.
            pub fn severity(self) -> Severity { match self { $(Self::$name => Severity::$severity),* } }
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
    MessageTooLarge "message-too-large" Error,
    OverMaxPayload "over-max-payload" Warning,
    MixedDialects "mixed-dialects" Note,
    MissingField "missing-field" Warning,
    NullField "null-field" Note,
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
    UnknownKind "unknown-kind" Warning,
    KindDisagrees "kind-disagrees" Warning,
    MissingData "missing-data" Error,
    DuplicatePayloadId "duplicate-payload-id" Warning,
    EmptyDataname "empty-dataname" Note,
    DatanameBreaksLink "dataname-breaks-link" Warning,
    UnknownTransport "unknown-transport" Warning,
    TransportDisagrees "transport-disagrees" Warning,
    UnknownEncoding "unknown-encoding" Note,
    EncodingDisagrees "encoding-disagrees" Note,
    RawJsonData "raw-json-data" Warning,
    Base64UrlSafe "base64-url-safe" Warning,
    Base64Unpadded "base64-unpadded" Warning,
    Base64Whitespace "base64-whitespace" Note,
    Base64DataUrl "base64-data-url" Warning,
    Base64TrailingBits "base64-trailing-bits" Warning,
    BadBase64 "bad-base64" Error,
    SizeMismatch "size-mismatch" Warning,
    BadSize "bad-size" Note,
    KindMismatch "kind-mismatch" Warning,
    TextNotUtf8 "text-not-utf8" Error,
    BadDictionary "bad-dictionary" Error,
    TableIsJson "table-is-json" Warning,
    BadJsonTable "bad-jsontable" Warning,
    LinkNotFetched "link-not-fetched" Note,
    LinkNotHttp "link-not-http" Error,
    LinkLocalHost "link-local-host" Warning,
    LinkPrivateHost "link-private-host" Note,
    LinkRefused "link-refused" Warning,
    LinkGone "link-gone" Warning,
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
    ArrowSmallDecimal "arrow-small-decimal" Warning,
    ArrowWideInteger "arrow-wide-integer" Error,
    ArrowListView "arrow-list-view" Warning,
    ArrowRunEndEncoded "arrow-run-end-encoded" Warning,
    ArrowInterval "arrow-interval" Warning,
    ArrowInvalid "arrow-invalid" Error,
    ArrowLimit "arrow-limit" Error,
    EmptyTable "empty-table" Warning,
    DuplicateColumn "duplicate-column" Note,
    // Pictures, sound and film.
    ImageInvalid "image-invalid" Error,
    ImageLimit "image-limit" Error,
    AudioInvalid "audio-invalid" Warning,
    VideoInvalid "video-invalid" Warning,
    // What only a given reader stumbles over; told where readers are asked for.
    ForeignKeys "foreign-keys" Warning,
    ForeignKind "foreign-kind" Warning,
    TableUnsupported "table-unsupported" Warning,
    OverPeerLimit "over-peer-limit" Warning,
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
}

impl Finding {
    /// A finding about the place that `path` names.
    pub fn new(code: Code, path: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code,
            path: path.into(),
            offset: None,
            message: message.into(),
        }
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

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Findings gathered under a limit; what is over it is counted and said in one last finding.
#[derive(Debug)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    limit: usize,
    more: usize,
}

impl Findings {
    /// An empty list that takes `limit` findings.
    pub fn new(limit: usize) -> Self {
        Self {
            list: Vec::new(),
            limit,
            more: 0,
        }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        if self.list.len() < self.limit {
            self.list.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Adds a finding made of its parts.
    pub fn add(&mut self, code: Code, path: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.push(Finding::new(code, path, message));
    }

    /// Whether it tells of this already.
    pub fn tell(&self, code: Code) -> bool {
        self.list.iter().any(|finding| finding.code == code)
    }

    /// An empty list under the same limit, to be appended or dropped.
    pub fn fresh(&self) -> Self {
        Self::new(self.limit)
    }

    /// Takes over all findings of `other`.
    pub fn append(&mut self, other: Self) {
        self.extend(other.list);
        self.more += other.more;
    }

    /// Takes over a plain list.
    pub fn extend(&mut self, list: impl IntoIterator<Item = Finding>) {
        for finding in list {
            self.push(finding);
        }
    }

    /// The list, with the count of what did not fit.
    pub fn into_vec(mut self) -> Vec<Finding> {
        if self.more > 0 {
            let message = format!("{} more findings are not listed", self.more);
            self.list.push(Finding::new(Code::MoreFindings, "", message));
        }
        self.list
    }
}

/// What a check adds, as code and sentence.
#[cfg(test)]
pub(crate) fn told(check: impl FnOnce(&mut Findings)) -> Vec<(Code, String)> {
    let mut findings = Findings::new(100);
    check(&mut findings);
    let list = findings.into_vec().into_iter();
    list.map(|finding| (finding.code, finding.message)).collect()
}
