//! The messages sent to a peer: every kind, with edge cases known to have gone wrong.

use crate::bridge::{Payload, Payloads};
use natsbridge_wire::{Kind, Limits, RowsFormat, TableError, rows_table};

/// One message of the probe.
#[derive(Debug)]
pub(super) struct Case {
    /// What is special about it.
    pub name: &'static str,
    /// Its payloads.
    pub payloads: Payloads,
}

/// The smallest whole picture: one pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\
    \x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
/// A WAV file of four samples.
const WAV: &[u8] =
    b"RIFF,\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0@\x1f\0\0@\x1f\0\0\x01\0\x08\0data\x04\0\0\0\x80\x90\x80\x70";
/// The head of an MP4 film; peers pass its bytes through.
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\0\0\x08free";
/// Payloads of the case with many.
const MANY: usize = 40;

/// Every case, with sizes around this threshold.
pub(super) fn cases(threshold: usize) -> Result<Vec<Case>, TableError> {
    let one = |name, kind, body: Vec<u8>| Case {
        name,
        payloads: Payload::new("data", body, kind).into(),
    };
    let all_bytes: Vec<u8> = (0..=255).collect();
    let many = (0..MANY).map(|index| Payload::text(format!("part {index}"), format!("payload {index}")));
    Ok(vec![
        one("text", Kind::Text, b"Hello".to_vec()),
        one("text, empty", Kind::Text, Vec::new()),
        one(
            "text, unicode",
            Kind::Text,
            "Grüße, 世界 \u{1f600} \u{1}\"\\".into(),
        ),
        one(
            "dictionary",
            Kind::Dictionary,
            br#"{"name":"ada","n":1}"#.to_vec(),
        ),
        one("dictionary, empty", Kind::Dictionary, b"{}".to_vec()),
        one(
            "dictionary, nested",
            Kind::Dictionary,
            r#"{"a":[1,-2.5,null,true,{"ü":[]}],"b":{"c":{"d":""}}}"#.into(),
        ),
        one(
            "table",
            Kind::Table,
            table(r#"[{"id":1,"name":"ada"},{"id":2,"name":"bob"}]"#)?,
        ),
        one(
            "table, nulls",
            Kind::Table,
            table(r#"[{"x":1.5,"s":null},{"x":null,"s":"ü"}]"#)?,
        ),
        one("table, 0 rows", Kind::Table, empty_table()?),
        one("jsontable", Kind::JsonTable, br#"[{"a":1},{"a":null}]"#.to_vec()),
        one("jsontable, 0 rows", Kind::JsonTable, b"[]".to_vec()),
        one("image", Kind::Image, PNG.to_vec()),
        one("audio", Kind::Audio, WAV.to_vec()),
        one("video", Kind::Video, MP4.to_vec()),
        one("binary", Kind::Binary, all_bytes),
        one("binary, empty", Kind::Binary, Vec::new()),
        one(
            "binary, threshold − 1",
            Kind::Binary,
            vec![7; threshold.saturating_sub(1)],
        ),
        one("binary, threshold", Kind::Binary, vec![8; threshold]),
        Case {
            name: "many payloads",
            payloads: many.collect(),
        },
    ])
}

fn table(rows: &str) -> Result<Vec<u8>, TableError> {
    rows_table(rows.as_bytes(), RowsFormat::Json, &[], Limits::in_force())?
        .table
        .to_stream()
}

fn empty_table() -> Result<Vec<u8>, TableError> {
    rows_table(b"id,name\n", RowsFormat::Csv, &[], Limits::in_force())?
        .table
        .to_stream()
}
