//! The payloads of a message to be sent: a name, its serialized bytes, and the kind. A constructor for each kind knows
//! how a value becomes bytes. What they look like in an envelope is the matter of [`super::pack`].

use super::error::PayloadError;
use bytes::Bytes;
use natsbridge_wire::{Blob, Kind, RecordBatch, Table};
use serde::Serialize;
use std::ops::Deref;

/// One payload to send: the document's `(dataname, data, type)`, its data serialized.
///
/// ```
/// use natsbridge_engine::Payload;
///
/// let hello = Payload::text("message", "Hello");
/// let config = Payload::dictionary("config", &serde_json::json!({"rate": 10}))?;
/// assert_eq!((hello.dataname.as_str(), hello.body.len()), ("message", 5));
/// assert_eq!(config.body, r#"{"rate":10}"#.into());
/// # Ok::<(), natsbridge_engine::PayloadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The name that receivers look it up by.
    pub dataname: String,
    /// Its bytes as they go out (before base64), in memory or in a file.
    pub body: Blob,
    /// What the bytes are.
    pub kind: Kind,
}

impl Payload {
    /// A payload of bytes that are serialized already, such as a file opened by [`file_blob`](crate::files::file_blob).
    /// They are sent as they are: nothing checks that they are of that kind.
    pub fn new(dataname: impl Into<String>, body: impl Into<Blob>, kind: Kind) -> Self {
        Self {
            dataname: dataname.into(),
            body: body.into(),
            kind,
        }
    }

    /// A text, sent as UTF-8.
    pub fn text(dataname: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(dataname, text.into(), Kind::Text)
    }

    /// A dictionary, sent as a JSON object: a `serde_json::Value`, a map, or a struct of your own.
    ///
    /// # Errors
    ///
    /// If the value cannot be expressed in JSON, such as a map whose keys are no strings.
    pub fn dictionary(
        dataname: impl Into<String>,
        value: &(impl Serialize + ?Sized),
    ) -> Result<Self, PayloadError> {
        Self::json(dataname.into(), value, Kind::Dictionary)
    }

    /// Rows of a table as JSON, sent as an array of objects: a `serde_json::Value`, or a slice of structs.
    ///
    /// # Errors
    ///
    /// If the rows cannot be expressed in JSON.
    pub fn jsontable(
        dataname: impl Into<String>,
        rows: &(impl Serialize + ?Sized),
    ) -> Result<Self, PayloadError> {
        Self::json(dataname.into(), rows, Kind::JsonTable)
    }

    /// A table, sent as an Arrow IPC stream of one record batch. A table of several batches, or one read from a file,
    /// is sent with [`Payload::new`] and the bytes of its stream.
    ///
    /// # Errors
    ///
    /// If Arrow cannot write the batch.
    pub fn table(dataname: impl Into<String>, batch: &RecordBatch) -> Result<Self, PayloadError> {
        let dataname = dataname.into();
        match Table::from_batches(batch.schema(), vec![batch.clone()]).to_stream() {
            Ok(stream) => Ok(Self::new(dataname, stream, Kind::Table)),
            Err(source) => Err(PayloadError::Table { dataname, source }),
        }
    }

    /// An image, sent as it is encoded: PNG, JPEG, GIF, WebP, BMP and others.
    pub fn image(dataname: impl Into<String>, encoded: impl Into<Bytes>) -> Self {
        Self::new(dataname, encoded, Kind::Image)
    }

    /// Audio, sent as it is encoded: WAV, MP3, FLAC, Ogg and the like.
    pub fn audio(dataname: impl Into<String>, encoded: impl Into<Bytes>) -> Self {
        Self::new(dataname, encoded, Kind::Audio)
    }

    /// Video, sent as it is encoded: MP4, Matroska, WebM or AVI.
    pub fn video(dataname: impl Into<String>, encoded: impl Into<Bytes>) -> Self {
        Self::new(dataname, encoded, Kind::Video)
    }

    /// Any bytes.
    pub fn binary(dataname: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(dataname, bytes, Kind::Binary)
    }

    fn json(dataname: String, value: &(impl Serialize + ?Sized), kind: Kind) -> Result<Self, PayloadError> {
        match serde_json::to_vec(value) {
            Ok(json) => Ok(Self::new(dataname, json, kind)),
            Err(source) => Err(PayloadError::Json {
                dataname,
                kind: kind.name(),
                source,
            }),
        }
    }
}

/// The payloads of one message, in their order. Whatever takes them takes a [`Payload`] or an array or vector of them,
/// too.
///
/// ```
/// use natsbridge_engine::{Payload, Payloads};
///
/// let payloads = Payloads::from([Payload::text("message", "Hello"), Payload::binary("bytes", vec![1, 2, 3])]);
/// assert_eq!(payloads.iter().map(|payload| payload.body.len()).sum::<u64>(), 8);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payloads(Vec<Payload>);

impl Payloads {
    /// One more, after the others.
    pub fn push(&mut self, payload: Payload) {
        self.0.push(payload);
    }
}

impl Deref for Payloads {
    type Target = [Payload];

    fn deref(&self) -> &[Payload] {
        &self.0
    }
}

impl From<Payload> for Payloads {
    fn from(payload: Payload) -> Self {
        Self(vec![payload])
    }
}

impl From<Vec<Payload>> for Payloads {
    fn from(payloads: Vec<Payload>) -> Self {
        Self(payloads)
    }
}

impl<const N: usize> From<[Payload; N]> for Payloads {
    fn from(payloads: [Payload; N]) -> Self {
        Self(payloads.into())
    }
}

/// The bytes are shared, not copied.
impl From<&Payloads> for Payloads {
    fn from(payloads: &Payloads) -> Self {
        payloads.clone()
    }
}

impl FromIterator<Payload> for Payloads {
    fn from_iter<I: IntoIterator<Item = Payload>>(payloads: I) -> Self {
        Self(payloads.into_iter().collect())
    }
}

impl IntoIterator for Payloads {
    type Item = Payload;
    type IntoIter = std::vec::IntoIter<Payload>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Payloads {
    type Item = &'a Payload;
    type IntoIter = std::slice::Iter<'a, Payload>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{Limits, Value, decode_blob, table_from_csv};
    use std::collections::HashMap;

    fn decoded(payload: &Payload) -> Value {
        let mut findings = Vec::new();
        let value = decode_blob(payload.kind, &payload.body, &Limits::DEFAULT, &mut findings).unwrap();
        assert!(findings.is_empty(), "{findings:?}");
        value
    }

    #[test]
    fn each_kind_is_serialized_so_that_it_decodes_to_the_value() {
        let text = decoded(&Payload::text("a", "Grüße"));
        assert!(matches!(&text, Value::Text(text) if &**text == "Grüße"));
        let json = decoded(&Payload::dictionary("a", &HashMap::from([("rate", 10)])).unwrap());
        assert!(matches!(&json, Value::Json(json) if json.as_str() == r#"{"rate":10}"#));
        let rows = decoded(&Payload::jsontable("a", &serde_json::json!([{"id": 1}])).unwrap());
        assert!(matches!(&rows, Value::Json(json) if json.as_str() == r#"[{"id":1}]"#));
        let table = table_from_csv(b"id,name\n1,ada\n").unwrap();
        let batch = table.batches().next().unwrap().unwrap();
        let table = decoded(&Payload::table("a", &batch).unwrap());
        assert!(matches!(&table, Value::Table(table) if table.row_json(0)["name"] == "ada"));
    }

    #[test]
    fn a_value_that_is_no_json_is_refused_with_its_cause() {
        let error = Payload::dictionary("cfg", &HashMap::from([(vec![1], 2)])).unwrap_err();
        assert!(error.to_string().contains("payload 'cfg'"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
}
