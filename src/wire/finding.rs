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
    ($($name:ident $code:literal $severity:ident $advice:literal),* $(,)?) => {
        /// A stable identifier of one sort of trouble; the kebab-case spelling is part of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the code's own spelling and advice say it")]
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
            /// How to mend it at the source.
            pub fn advice(self) -> &'static str { match self { $(Self::$name => $advice),* } }
        }
    };
}

codes! {
    // The message as a whole.
    NotAnEnvelope "not-an-envelope" Note "Nothing to mend if the sender is not a NATSBridge peer.",
    EmptyMessage "empty-message" Note "Nothing to mend: a message may have no body.",
    MalformedJson "malformed-json" Error "Send one complete JSON object; check that the message was not cut on its way.",
    NotUtf8 "not-utf8" Error "Encode the envelope as UTF-8.",
    ByteOrderMark "byte-order-mark" Warning "Write UTF-8 without a byte order mark; strict JSON readers refuse it.",
    JsonTooDeep "json-too-deep" Error "Nest JSON fewer than 128 levels deep.",
    NonFiniteNumber "non-finite-number" Error "NaN and Infinity are not JSON: send null or a string (in Python, json.dumps(allow_nan=False) finds them).",
    LoneSurrogate "lone-surrogate" Error "A \\ud800–\\udfff escape without its partner is not text: mend the string before encoding it.",
    DuplicateKey "duplicate-key" Warning "Write every key once; readers disagree on which one counts.",
    BigInteger "big-integer" Warning "Integers beyond 2^53 lose digits in JavaScript and others: send them as strings.",
    MessageTooLarge "message-too-large" Error "Send large payloads by link.",
    MixedDialects "mixed-dialects" Note "Keys of several dialects stand side by side; every peer finds its own.",
    MissingField "missing-field" Warning "Send every field of the dialect; validating peers refuse envelopes without it.",
    NullField "null-field" Note "Send \"\" instead of null.",
    WrongFieldType "wrong-field-type" Warning "Send the JSON type that the dialect documents.",
    UnknownField "unknown-field" Note "Kept and shown; other peers ignore it.",
    OldSpelling "old-spelling" Note "Spelling from before the first release; use brokerURL (v0.4) or broker_url, and metadata.",
    BadTimestamp "bad-timestamp" Warning "Send UTC as 2026-01-31T12:00:00.000Z.",
    TimestampWithoutZone "timestamp-without-zone" Note "Send UTC with a trailing Z; without a zone the reader has to guess.",
    IdNotUuid "id-not-uuid" Note "Use a UUID version 4, as the other peers do.",
    BrokerUrlScheme "broker-url-scheme" Note "Write the scheme: nats://host:4222.",
    BrokerUrlCredentials "broker-url-credentials" Error "Never send credentials in broker_url: everybody who reads the message has them now. Change them.",
    WildcardInSlashSubject "wildcard-in-slash-subject" Warning "NATS wildcards count only as whole tokens between dots: /chat/* is a literal subject.",
    TooManyPayloads "too-many-payloads" Warning "Send fewer payloads per envelope.",
    MoreFindings "more-findings" Note "Mend the first ones, then look again.",
    MalformedHeader "malformed-header" Error "Many clients lose their connection over this message: send header lines as `name: value` without line breaks, and subjects in UTF-8 without white space.",
    // One payload.
    UnknownKind "unknown-kind" Warning "Use text, dictionary, table, image, audio, video or binary.",
    KindDisagrees "kind-disagrees" Warning "type and payload_type name different kinds; make them agree.",
    MissingData "missing-data" Error "Send the payload's data: base64 text for direct, a URL for link.",
    DuplicatePayloadId "duplicate-payload-id" Warning "Give every payload its own id.",
    EmptyDataname "empty-dataname" Note "Name the payload, receivers look it up by name.",
    UnknownTransport "unknown-transport" Warning "Use direct or link.",
    TransportDisagrees "transport-disagrees" Warning "A URL travels with transport link, base64 text with transport direct.",
    UnknownEncoding "unknown-encoding" Note "Use base64 for direct payloads and none for links.",
    EncodingDisagrees "encoding-disagrees" Note "Direct payloads are base64 whatever encoding says; write base64.",
    RawJsonData "raw-json-data" Warning "Base64-encode the JSON; most peers cannot read it raw.",
    Base64UrlSafe "base64-url-safe" Warning "Use the standard base64 alphabet (+ and /): Julia and Python silently read the URL-safe one as nothing.",
    Base64Unpadded "base64-unpadded" Warning "Pad base64 with =: Julia and Python refuse it otherwise.",
    Base64Whitespace "base64-whitespace" Note "Strip the newline that the encoder appended (in MicroPython, binascii.b2a_base64(data).strip()).",
    Base64DataUrl "base64-data-url" Warning "Send only what follows the comma of the data: URL.",
    Base64TrailingBits "base64-trailing-bits" Warning "The last base64 character carries bits that belong to no byte; check the encoder.",
    BadBase64 "bad-base64" Error "Encode the payload as standard base64 with padding.",
    SizeMismatch "size-mismatch" Warning "Set size to the byte count before base64.",
    BadSize "bad-size" Note "Send size as a non-negative integer.",
    KindMismatch "kind-mismatch" Warning "Declare the kind that the bytes are.",
    TextNotUtf8 "text-not-utf8" Error "Encode text as UTF-8, or send it as binary.",
    BadDictionary "bad-dictionary" Error "Send valid JSON in a dictionary payload.",
    TableIsJson "table-is-json" Warning "Send JSON rows as jsontable (or dictionary to 0.4 peers): Arrow readers fail on them.",
    BadJsonTable "bad-jsontable" Warning "A jsontable is a JSON array of objects.",
    LinkNotFetched "link-not-fetched" Note "The link is fetched when you ask for it.",
    LinkNotHttp "link-not-http" Error "Links must be http or https.",
    LinkLocalHost "link-local-host" Warning "The link names a host that only its sender can reach; use an address that receivers can reach.",
    LinkRefused "link-refused" Warning "Link to an http or https address that receivers may reach; link-local, multicast and metadata addresses are never fetched.",
    LinkGone "link-gone" Warning "A one-shot link serves one receiver once: upload without oneShot where several receive, or a receiver comes late.",
    LinkUnreachable "link-unreachable" Warning "Check that the file server runs and that its address is one that receivers can reach.",
    LinkTooLarge "link-too-large" Warning "Fetch it with a higher limit: listen --fetch-limit, or link_bytes under [limits] in the settings.",
    LinkSizeMismatch "link-size-mismatch" Warning "Set size to the byte count of the file that was uploaded.",
    LinkEncoded "link-encoded" Warning "Serve the file as it is: receivers get it compressed and do not unpack it.",
    PayloadTooLarge "payload-too-large" Error "Send large payloads by link.",
    PayloadUnreadable "payload-unreadable" Error "The file that holds the payload cannot be read: look after the disk, then fetch the link again.",
    // Tables.
    ArrowTruncated "arrow-truncated" Error "The Arrow data ends early: send all bytes of the stream.",
    ArrowNoEndMark "arrow-no-end-mark" Note "Close the stream writer so that the end mark is written.",
    ArrowTrailingBytes "arrow-trailing-bytes" Warning "Bytes follow the end of the stream; most readers never see them.",
    ArrowFileFraming "arrow-file-framing" Note "Write the stream format; Python's open_stream refuses the file format.",
    ArrowCompressed "arrow-compressed" Warning "Write uncompressed buffers: JavaScript readers fail on compressed ones.",
    ArrowViewTypes "arrow-view-types" Warning "Write Utf8 and Binary columns: older JavaScript and Julia readers fail on view types.",
    ArrowDictionaryDelta "arrow-dictionary-delta" Note "Some readers do not apply delta dictionaries.",
    ArrowDictionaryReplacement "arrow-dictionary-replacement" Warning "Julia keeps showing the old dictionary's values.",
    ArrowUnsupportedType "arrow-unsupported-type" Warning "Use a column type that every reader knows.",
    ArrowInvalid "arrow-invalid" Error "The bytes break the Arrow format: write them with a maintained Arrow library.",
    ArrowLimit "arrow-limit" Error "The table claims more than the limits allow; send less, or raise the limit in the settings.",
    EmptyTable "empty-table" Warning "The payload has no bytes: write a schema even for a table without rows.",
    DuplicateColumn "duplicate-column" Note "Readers that key columns by name show only one of them.",
    // Pictures, sound and film.
    ImageInvalid "image-invalid" Error "The bytes are no picture that can be opened.",
    ImageLimit "image-limit" Error "The picture claims more pixels than the limits allow.",
    AudioInvalid "audio-invalid" Warning "The bytes are no sound that can be read.",
    VideoInvalid "video-invalid" Warning "The bytes are no film that can be read.",
    // What only a given reader stumbles over; told where readers are asked for.
    ForeignKeys "foreign-keys" Warning "Write the dialect that the reader speaks, or universal, which has every spelling.",
    ForeignKind "foreign-kind" Warning "Write the dialect that the reader speaks: table and dictionary up to 0.4, arrowtable and jsontable from 0.5 on.",
    TableUnsupported "table-unsupported" Warning "Send rows as jsontable (dictionary up to 0.4) to readers without Arrow.",
    OverPeerLimit "over-peer-limit" Warning "Send less at once, or by link.",
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
pub(super) struct Findings {
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
