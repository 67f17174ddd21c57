//! From a payload's `data` to its bytes. Decoding their meaning happens elsewhere.

use crate::bytes::{Base64Form, decode_base64};
use crate::envelope::{Data, EnvelopePayload, Transport};
use crate::findings::{Code, Finding};
use crate::json::Cursor;
use crate::kinds::Kind;
use std::borrow::Cow;

/// The bytes of a direct payload, or why there are none.
#[derive(Debug)]
pub enum Body<'a> {
    /// The bytes.
    Bytes(Cow<'a, [u8]>),
    /// A link: nothing to decode here. The URL as it stands.
    Link(Cow<'a, str>),
    /// No usable data; the findings say why, this is the sentence.
    Failed(String),
}

/// Takes the body out of `payload`; what deviates goes into `findings` (paths relative to the payload).
///
/// The transport decides: direct data is base64 whatever `encoding` says, unless it says `json` and the data is JSON.
pub fn direct_body<'a>(payload: &'a EnvelopePayload<'_>, findings: &mut Vec<Finding>) -> Body<'a> {
    match (payload.transport, &payload.data) {
        (_, Data::Missing) => Body::Failed("The payload has no data.".to_owned()),
        (_, Data::Bytes(bytes)) => Body::Bytes(Cow::Borrowed(bytes)),
        (Transport::Link, Data::Text(url)) => Body::Link(Cow::Borrowed(url)),
        (Transport::Link, Data::Json(_)) => Body::Failed("The data of a link must be a URL.".to_owned()),
        (Transport::Direct, Data::Json(json)) => {
            findings.push(raw_json("data is a JSON value, not base64 text"));
            Body::Bytes(Cow::Borrowed(json.0.as_bytes()))
        }
        (Transport::Direct, Data::Text(text)) => text_body(payload, text, findings),
    }
}

fn text_body<'a>(payload: &EnvelopePayload<'_>, text: &'a str, findings: &mut Vec<Finding>) -> Body<'a> {
    if payload.encoding == "json" && is_json(text) {
        findings.push(raw_json("data is JSON text, not base64"));
        return Body::Bytes(Cow::Borrowed(text.as_bytes()));
    }
    match decode_base64(text) {
        Ok((bytes, form)) => {
            findings.extend(deviations(form));
            if matches!(&*payload.encoding, "json" | "arrow-ipc" | "none") {
                let message = format!("encoding says {}, but data is base64", payload.encoding);
                findings.push(Finding::new(Code::EncodingDisagrees, "encoding", message));
            }
            Body::Bytes(Cow::Owned(bytes))
        }
        Err(_) if text.trim_start().starts_with(['{', '[']) && is_json(text) => {
            findings.push(raw_json("data is JSON text, not base64"));
            Body::Bytes(Cow::Borrowed(text.as_bytes()))
        }
        Err(_) if payload.encoding == "none" && payload.kind == Kind::Text => {
            let message = "encoding says none, and data is plain text, not base64";
            findings.push(Finding::new(Code::EncodingDisagrees, "encoding", message));
            Body::Bytes(Cow::Borrowed(text.as_bytes()))
        }
        Err(at) => {
            let found = text.get(at..).and_then(|rest| rest.chars().next());
            let found = found.map_or("its end".to_owned(), |found| format!("{found:?}"));
            let message = format!("data is not valid base64 from character {at} on, which is {found}");
            let sentence = format!("The data is not valid base64: character {at} is {found}.");
            findings.push(Finding::new(Code::BadBase64, "data", message).at(at));
            Body::Failed(sentence)
        }
    }
}

fn raw_json(message: &str) -> Finding {
    Finding::new(Code::RawJsonData, "data", message)
}

fn is_json(text: &str) -> bool {
    let mut cursor = Cursor::new(text, 0);
    cursor.item().and_then(|_| cursor.end()).is_ok()
}

fn deviations(form: Base64Form) -> impl Iterator<Item = Finding> {
    let found = [
        (form.url_safe, Code::Base64UrlSafe, "the base64 uses - and _"),
        (
            form.unpadded,
            Code::Base64Unpadded,
            "the base64 lacks its padding",
        ),
        (
            form.whitespace,
            Code::Base64Whitespace,
            "the base64 contains white space",
        ),
        (
            form.data_url,
            Code::Base64DataUrl,
            "the base64 follows the head of a data: URL",
        ),
        (
            form.trailing_bits,
            Code::Base64TrailingBits,
            "the last base64 character has bits that belong to no byte",
        ),
    ];
    let found = found.into_iter().filter(|(on, ..)| *on);
    found.map(|(_, code, message)| Finding::new(code, "data", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(encoding: &str, data: Data<'_>) -> (Option<Vec<u8>>, Vec<Code>) {
        let payload = EnvelopePayload {
            encoding: encoding.to_owned().into(),
            kind: Kind::Text,
            data,
            ..EnvelopePayload::default()
        };
        let mut findings = Vec::new();
        let bytes = match direct_body(&payload, &mut findings) {
            Body::Bytes(bytes) => Some(bytes.into_owned()),
            _ => None,
        };
        (bytes, findings.into_iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn the_transport_decides_unless_json_says_so_and_is_so() {
        let text = |text: &'static str| Data::Text(text.into());
        for (encoding, data, bytes, codes) in [
            ("base64", text("SGVsbG8="), Some(&b"Hello"[..]), &[][..]),
            (
                "json",
                text("SGVsbG8="),
                Some(b"Hello"),
                &[Code::EncodingDisagrees],
            ),
            (
                "arrow-ipc",
                text("SGVsbG8="),
                Some(b"Hello"),
                &[Code::EncodingDisagrees],
            ),
            (
                "json",
                text("[{\"a\":1}]"),
                Some(b"[{\"a\":1}]"),
                &[Code::RawJsonData],
            ),
            ("json", text("1234"), Some(b"1234"), &[Code::RawJsonData]),
            ("base64", text("1234"), Some(b"\xd7\x6d\xf8"), &[]),
            (
                "base64",
                text("{\"a\":1}"),
                Some(b"{\"a\":1}"),
                &[Code::RawJsonData],
            ),
            (
                "none",
                text("héllo"),
                Some("héllo".as_bytes()),
                &[Code::EncodingDisagrees],
            ),
            ("base64", text("héllo"), None, &[Code::BadBase64]),
            (
                "base64",
                text("SGVsbG8\n"),
                Some(b"Hello"),
                &[Code::Base64Unpadded, Code::Base64Whitespace],
            ),
            ("base64", Data::Missing, None, &[]),
            ("base64", Data::Bytes(b"raw".as_slice().into()), Some(b"raw"), &[]),
        ] {
            assert_eq!(
                body(encoding, data.clone()),
                (bytes.map(Vec::from), codes.to_vec()),
                "{data:?}"
            );
        }
    }
}
