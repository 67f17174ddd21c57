//! Video: container, duration, frame size and codec from the head. No codec runs.

use super::boxes::{is_iso, iso_head};
use super::ebml::{ebml_head, is_ebml};
use super::error::MediaError;
use super::facts::VideoInfo;
use super::foreign::foreign_head;
use super::head::Head;
use super::riff::avi_head;
use crate::bytes::Blob;
use crate::findings::Code;
use std::io;

/// Bytes in which an AVI's head stands.
const HEAD: u64 = 1 << 20;

/// Reads video facts, and no more of the bytes than the container asks for.
pub fn video_facts(body: &Blob) -> Result<VideoInfo, MediaError> {
    if let Some(info) = avi_head(&body.slice(0..HEAD)?) {
        return Ok(info);
    }
    let start = body.slice(0..16)?;
    let known = is_iso(&start) || is_ebml(&start);
    let why = match head(body)? {
        Some(head) => match head.video() {
            Some(info) => return Ok(info),
            None => "there is sound in it, but no film",
        },
        None if known => "its head, which says what is in it, is missing or damaged",
        None => "it starts like no known container format",
    };
    let message = format!("The data is not video that can be read: {why}.");
    Err(MediaError::new(Code::VideoInvalid, message))
}

fn head(body: &Blob) -> io::Result<Option<Head>> {
    let start = body.slice(0..16)?;
    if is_iso(&start) {
        return iso_head(body);
    }
    if is_ebml(&start) {
        return ebml_head(body);
    }
    foreign_head(body)
}
