//! Checks whether bytes are valid for their kind, and from where on they are not. Pure; converts nothing.

use serde_json::value::RawValue;

/// What is wrong with the content, and from which byte on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Option<usize>,
    what: String,
}

impl Fault {
    /// Says it, with its place where that is known.
    pub(super) fn sentence(&self) -> String {
        self.at_byte(self.at)
    }

    /// Says it with another place for the same byte.
    pub(super) fn at_byte(&self, at: Option<usize>) -> String {
        match at {
            Some(at) => format!("not JSON at byte {at}: {}", self.what),
            None => self.what.clone(),
        }
    }

    fn sort(what: impl Into<String>) -> Self {
        Self {
            at: None,
            what: what.into(),
        }
    }
}

/// Checks UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<(), Fault> {
    std::str::from_utf8(bytes)
        .map(|_| ())
        .map_err(|error| Fault::sort(format!("not UTF-8 at byte {}", error.valid_up_to())))
}

/// Checks JSON without turning it into values, so that every number keeps its text.
pub(super) fn json(bytes: &[u8]) -> Result<(), Fault> {
    serde_json::from_slice::<&RawValue>(bytes)
        .map(|_| ())
        .map_err(|error| bad_json(bytes, &error))
}

/// Checks that the JSON is an array of objects.
pub(super) fn json_rows(bytes: &[u8]) -> Result<(), Fault> {
    let rows: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Fault::sort("not a JSON array of row objects"),
        _ => bad_json(bytes, &error),
    })?;
    match rows.iter().position(|row| !row.get().starts_with('{')) {
        Some(at) => Err(Fault::sort(format!("row {} is not a JSON object", at + 1))),
        None => Ok(()),
    }
}

/// Checks that the text is a JSON object.
pub(super) fn json_object(text: &str) -> Result<(), Fault> {
    json(text.as_bytes())?;
    if text.trim_start().starts_with('{') {
        Ok(())
    } else {
        Err(Fault::sort("JSON, but not an object"))
    }
}

/// Whether `text` may be the metadata of a message: a JSON object. The error says what is wrong and at which byte.
pub fn check_metadata(text: &str) -> Result<(), String> {
    json_object(text).map_err(|fault| metadata_advice(&fault.sentence()))
}

/// What is wrong with metadata, with what a right one looks like.
pub(super) fn metadata_advice(why: &str) -> String {
    format!(r#"{why}; metadata must be a JSON object, such as {{"priority":1}}"#)
}

/// Whether a NATS header may have that name and value; the error says what a right one looks like.
pub fn check_header(name: &str, value: &str) -> Result<(), String> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Err("a header name must be visible ASCII without spaces and colons, such as Trace".into());
    }
    // A carriage return in a value makes other clients fail.
    if value.contains(['\r', '\n', '\0']) {
        return Err("a header value must be a single line".into());
    }
    Ok(())
}

fn bad_json(bytes: &[u8], error: &serde_json::Error) -> Fault {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let text = error.to_string();
    Fault {
        at: Some(before + error.column().saturating_sub(1)),
        what: text.split(" at line ").next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_where() {
        let said = |fault: Result<(), Fault>| fault.unwrap_err().sentence();
        assert!(said(json(br#"{"x":nope}"#)).contains("not JSON at byte 6"));
        assert!(said(json(b"{\n\"x\": 1,}")).contains("not JSON at byte 9"));
        assert_eq!(said(json_rows(b"{}")), "not a JSON array of row objects");
        assert_eq!(said(json_rows(b"[{},7]")), "row 2 is not a JSON object");
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
