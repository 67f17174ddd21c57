//! Checks whether bytes are valid for their kind, and from where on they are not. Pure; converts nothing.

use serde_json::value::RawValue;

/// What is wrong with the content, and from which byte on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", not_json(*at))]
pub struct ContentFault {
    pub(super) at: Option<usize>,
    what: String,
}

fn not_json(at: Option<usize>) -> String {
    at.map_or_else(String::new, |at| format!("not JSON at byte {at}: "))
}

impl ContentFault {
    /// The same fault with another place for the same byte.
    pub(super) fn at_byte(self, at: Option<usize>) -> Self {
        Self { at, ..self }
    }

    fn sort(what: impl Into<String>) -> Self {
        Self {
            at: None,
            what: what.into(),
        }
    }
}

/// Checks UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<(), ContentFault> {
    std::str::from_utf8(bytes)
        .map(|_| ())
        .map_err(|error| ContentFault::sort(format!("not UTF-8 at byte {}", error.valid_up_to())))
}

/// Checks JSON without turning it into values, so that every number keeps its text.
pub(super) fn json(bytes: &[u8]) -> Result<(), ContentFault> {
    serde_json::from_slice::<&RawValue>(bytes)
        .map(|_| ())
        .map_err(|error| bad_json(bytes, &error))
}

/// Checks that the JSON is what peers take for a dictionary: an object, or an array.
pub(super) fn dictionary(bytes: &[u8]) -> Result<(), ContentFault> {
    json(bytes)?;
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => Ok(()),
        _ => Err(ContentFault::sort(
            r#"JSON, but neither an object nor an array: a dictionary looks like {"k":3}"#,
        )),
    }
}

/// Checks that the JSON is an array of objects.
pub(super) fn json_rows(bytes: &[u8]) -> Result<(), ContentFault> {
    let rows: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => ContentFault::sort("not a JSON array of row objects"),
        _ => bad_json(bytes, &error),
    })?;
    match rows.iter().position(|row| !row.get().starts_with('{')) {
        Some(at) => Err(ContentFault::sort(format!("row {} is not a JSON object", at + 1))),
        None => Ok(()),
    }
}

/// Checks that the text is a JSON object.
pub(super) fn json_object(text: &str) -> Result<(), ContentFault> {
    json(text.as_bytes())?;
    if text.trim_start().starts_with('{') {
        Ok(())
    } else {
        Err(ContentFault::sort("JSON, but not an object"))
    }
}

/// A text that is not the metadata of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(r#"{0}; metadata must be a JSON object, such as {{"priority":1}}"#)]
pub struct MetadataError(#[from] pub(super) ContentFault);

/// Whether `text` may be the metadata of a message: a JSON object. The error says what is wrong and at which byte.
pub fn check_metadata(text: &str) -> Result<(), MetadataError> {
    Ok(json_object(text)?)
}

/// Why a NATS header cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Its name is none.
    #[error("a header name must be visible ASCII without spaces and colons, such as Trace")]
    Name,
    /// Its value is none.
    #[error("a header value must be a single line")]
    Value,
}

/// Whether a NATS header may have that name and value.
pub fn check_header(name: &str, value: &str) -> Result<(), HeaderError> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Err(HeaderError::Name);
    }
    // A carriage return in a value makes other clients fail.
    if value.contains(['\r', '\n', '\0']) {
        return Err(HeaderError::Value);
    }
    Ok(())
}

fn bad_json(bytes: &[u8], error: &serde_json::Error) -> ContentFault {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let text = error.to_string();
    ContentFault {
        at: Some(before + error.column().saturating_sub(1)),
        what: text.split(" at line ").next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_where() {
        let said = |fault: Result<(), ContentFault>| fault.unwrap_err().to_string();
        assert!(said(json(br#"{"x":nope}"#)).contains("not JSON at byte 6"));
        assert!(said(json(b"{\n\"x\": 1,}")).contains("not JSON at byte 9"));
        assert_eq!(said(json_rows(b"{}")), "not a JSON array of row objects");
        assert_eq!(said(json_rows(b"[{},7]")), "row 2 is not a JSON object");
        assert!(said(dictionary(b" 3")).contains("neither an object nor an array"));
        assert!(dictionary(b" [3]").is_ok() && dictionary(b"{}").is_ok());
        assert_eq!(said(utf8(b"ab\xff")), "not UTF-8 at byte 2");
        assert_eq!(said(json_object("[1]")), "JSON, but not an object");
        assert!(json_object(" {}").is_ok() && json_rows(b" [ {} ] ").is_ok());
    }

    #[test]
    fn headers_are_checked() {
        assert!(check_header("Trace", "on: x").is_ok());
        for (name, value) in [
            ("", "v"),
            ("a b", "v"),
            ("a:b", "v"),
            ("é", "v"),
            ("K", "a\rb"),
            ("K", "a\nb"),
        ] {
            assert!(check_header(name, value).is_err(), "{name:?} {value:?}");
        }
    }
}
