//! What is said of a payload: its caption, declared values that contradict the data, and facts of sounds and videos.
//! Which view it stands above is the registry's choice.

use super::text::Piece;
use crate::look::Role;
use crate::paint::format;
use natsbridge_wire::{
    AudioInfo, DecodedPayload, EnvelopePayload, Kind, PayloadState, Transport, Value, VideoInfo,
};
use std::time::Duration;

/// `table · 20,000 rows × 3 columns · 2.10 MB`, then declared values that differ.
pub fn caption(
    payload: &DecodedPayload<'_>,
    declared: Option<&EnvelopePayload<'_>>,
    took: Option<Duration>,
) -> Vec<Piece> {
    let mut pieces = vec![Piece::new(payload.kind.into(), payload.kind.name())];
    let mut add = |role, text: &str| {
        pieces.push(Piece::new(Role::Dim, " · "));
        pieces.push(Piece::new(role, text));
    };
    match &payload.value {
        Value::Table(table) => {
            let (rows, columns) = (table.num_rows(), table.columns().len());
            let (rows, columns) = (format::counted(rows, "row"), format::counted(columns, "column"));
            add(Role::Text, &format!("{rows} × {columns}"));
        }
        Value::Image(facts) => {
            if let (Some(width), Some(height)) = (facts.width, facts.height) {
                add(Role::Text, &format!("{width} × {height}"));
            }
            add(Role::Text, facts.format);
        }
        Value::Binary if !payload.media_type.is_empty() => add(Role::Text, payload.media_type),
        _ => {}
    }
    add(Role::Text, &format::size(payload.body.len()));
    if let Some(declared) = declared {
        if declared.transport == Transport::Link {
            add(Role::Link, "⇗ link");
            if let Some(took) = took {
                let took = format::span(took.as_micros() as u64);
                add(Role::Text, &format!("fetched in {took}"));
            }
        }
        for difference in differences(payload, declared) {
            add(Role::Caution, &difference);
        }
    }
    pieces
}

/// The same on the page of its message, with what is known of sound and film; a link that was not fetched says the rest itself.
pub fn page_facts(
    payload: &DecodedPayload<'_>,
    declared: Option<&EnvelopePayload<'_>>,
    took: Option<Duration>,
) -> Vec<Piece> {
    if payload.state == PayloadState::NotFetched {
        return vec![Piece::new(payload.kind.into(), payload.kind.name())];
    }
    let mut pieces = caption(payload, declared, took);
    let facts = match &payload.value {
        Value::Audio(facts) => audio_facts(facts, payload),
        Value::Video(facts) => video_facts(facts, payload),
        Value::Text(_) | Value::Json(_) | Value::Table(_) | Value::Image(_) | Value::Binary => vec![],
    };
    let told = [
        "format",
        "container",
        "codec",
        "size in pixels",
        "duration",
        "sample rate",
    ];
    for (_, value) in facts.iter().filter(|(name, _)| told.contains(&name.as_str())) {
        pieces.push(Piece::new(Role::Dim, " · "));
        pieces.push(Piece::new(Role::Text, value));
    }
    pieces
}

/// Declared values that contradict the data.
fn differences(payload: &DecodedPayload<'_>, declared: &EnvelopePayload<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if declared.declared_type.is_empty() {
        said.push("no type declared".to_owned());
    } else if Kind::from_declared(&declared.declared_type) != Some(payload.kind) {
        said.push(format!("declared as {}", quoted(&declared.declared_type)));
    }
    let real = payload.body.len();
    let wrong = |size: &u64| *size != real && payload.state == PayloadState::Decoded;
    if let Some(size) = declared.size.filter(wrong) {
        let exact = |bytes| format!("{} bytes", format::count(bytes));
        said.push(format!("declared {}, actual {}", exact(size), exact(real)));
    }
    if declared.transport == Transport::Direct && !["base64", ""].contains(&&*declared.encoding) {
        let encoding = quoted(&declared.encoding);
        said.push(format!("encoding {encoding}, actually base64"));
    }
    said
}

fn quoted(word: &str) -> String {
    format!("“{word}”")
}

/// Facts of a sound.
pub fn audio_facts(facts: &AudioInfo, payload: &DecodedPayload<'_>) -> Vec<(String, String)> {
    let rate = facts.sample_rate_hz.map(format::count);
    known([
        ("format", Some(facts.format.to_owned())),
        ("codec", facts.codec.clone()),
        (
            "duration",
            Some(facts.duration_s.map_or("unknown".to_owned(), seconds)),
        ),
        ("sample rate", rate.map(|rate| format!("{rate} Hz"))),
        ("channels", facts.channels.map(|channels| channels.to_string())),
        ("media type", Some(payload.media_type.to_owned())),
        ("size", Some(format::size(payload.body.len()))),
    ])
}

/// Facts of a video.
pub fn video_facts(facts: &VideoInfo, payload: &DecodedPayload<'_>) -> Vec<(String, String)> {
    let sides = facts.width.zip(facts.height);
    let pixels = sides.map(|(width, height)| format!("{width} × {height}"));
    known([
        ("container", Some(facts.format.to_owned())),
        ("codec", facts.codec.clone()),
        (
            "duration",
            Some(facts.duration_s.map_or("unknown".to_owned(), seconds)),
        ),
        ("size in pixels", pixels),
        ("media type", Some(payload.media_type.to_owned())),
        ("size", Some(format::size(payload.body.len()))),
    ])
}

/// Only facts from the data.
fn known<const N: usize>(facts: [(&str, Option<String>); N]) -> Vec<(String, String)> {
    let said = |(name, value): (&str, Option<String>)| {
        let value = value.filter(|text| !text.is_empty())?;
        Some((name.to_owned(), value))
    };
    facts.into_iter().filter_map(said).collect()
}

fn seconds(duration: f64) -> String {
    format::span((duration.max(0.0) * 1e6) as u64)
}
