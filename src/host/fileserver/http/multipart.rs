//! The file in a `multipart/form-data` body (RFC 7578). Telling parts apart is left to multer; which part is meant, what
//! the file is called, and how much may come before it is decided here.

use super::answer::Refusal;
use super::content_disposition::parameters;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use hyper::HeaderMap;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use multer::{Error, Field, Multipart};
use natsbridge_wire::percent_decode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The boundary of a body with that content type.
pub fn boundary(content_type: Option<&HeaderValue>) -> Result<String, Refusal> {
    let text = content_type.and_then(|value| value.to_str().ok());
    let text = text.unwrap_or_default().trim_start();
    let is_form = text.to_ascii_lowercase().starts_with("multipart/form-data");
    let boundary = parameters(text).into_iter().find(|(name, _)| name == "boundary");
    match boundary {
        Some((_, boundary)) if is_form && (1..=70).contains(&boundary.len()) => Ok(boundary),
        _ => Err(Refusal::bad(
            "An upload is a multipart/form-data body with a boundary and a part named file, such as: \
             curl -F file=@data.bin URL",
        )),
    }
}

/// Goes on to the part that is a file, the first named `file` that has a file name: that name and the part's bytes. At
/// most `before` bytes may come before it.
pub async fn file_part<'a>(
    bytes: impl Stream<Item = Result<Bytes, Refusal>> + Send + 'a,
    boundary: String,
    before: usize,
) -> Result<(String, Field<'a>), Refusal> {
    let found = Arc::new(AtomicBool::new(false));
    let (seen, came) = (Arc::clone(&found), AtomicUsize::new(0));
    let bytes = bytes.and_then(move |bytes| {
        let came = came.fetch_add(bytes.len(), Ordering::Relaxed);
        // What is thrown away, or held until a head is complete, counts nowhere else.
        let endless = came > before && !seen.load(Ordering::Relaxed);
        std::future::ready(if endless {
            Err(file_first(before))
        } else {
            Ok(bytes)
        })
    });
    let mut parts = Multipart::new(bytes, boundary);
    while let Some(field) = parts.next_field().await.map_err(refusal)? {
        let (name, file_name) = names(field.headers());
        if name == "file" && !file_name.is_empty() {
            found.store(true, Ordering::Relaxed);
            return Ok((file_name, field));
        }
    }
    Err(Refusal::bad(
        "The multipart body has no part named file with a file name.",
    ))
}

fn file_first(before: usize) -> Refusal {
    Refusal::bad(format!(
        "The file has to come first: {before} bytes of the multipart body hold none."
    ))
}

/// Why the body was refused on its way, or what is wrong with it.
pub fn refusal(error: Error) -> Refusal {
    match error {
        Error::StreamReadFailed(source) => match source.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(other) => Refusal::bad(format!("The body broke off: {other}.")),
        },
        Error::IncompleteStream | Error::IncompleteFieldData { .. } => {
            Refusal::bad("The multipart body broke off, or has a broken boundary.")
        }
        other => Refusal::bad(format!("The multipart body cannot be read: {other}.")),
    }
}

/// The names of the field and of the file.
fn names(headers: &HeaderMap) -> (String, String) {
    let (mut field, mut file) = (String::new(), String::new());
    let disposition = headers.get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
    for (name, value) in parameters(&String::from_utf8_lossy(disposition.unwrap_or_default())) {
        match name.as_str() {
            "name" => field = value,
            "filename" if file.is_empty() => file = value,
            // Exact where both are there (RFC 5987).
            "filename*" => {
                let encoded = value.rsplit('\'').next().unwrap_or_default();
                file = percent_decode(encoded).unwrap_or(file);
            }
            _ => {}
        }
    }
    (field, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    const BEFORE: usize = 4096;
    const FILE: &[u8] = b"\r\n-\r\n--B\r\n--\r";
    const BODY: &[u8] =
        b"preamble\r\n--B7\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--B7 \r\n\
        content-disposition: form-data; name=\"file\"; filename=\"\xc3\xbc.bin\"\r\nContent-Type: x/y\r\n\r\n\
        \r\n-\r\n--B\r\n--\r\r\n--B7\r\nX: y\r\n\r\n\r\n--B7--\r\nepilogue";

    /// The file of a body that comes in pieces of that size: its name, its bytes, and the most that was ever held back.
    async fn read(body: &[u8], piece: usize) -> Result<(String, Vec<u8>, usize), Refusal> {
        let came = AtomicUsize::new(0);
        let pieces = stream::try_unfold((body.chunks(piece), &came), async |(mut pieces, came)| {
            // One at a time, as a connection gives them.
            tokio::task::yield_now().await;
            let piece = pieces.next().map(Bytes::copy_from_slice);
            came.fetch_add(piece.as_ref().map_or(0, Bytes::len), Ordering::Relaxed);
            Ok(piece.map(|piece| (piece, (pieces, came))))
        });
        let (name, mut field) = file_part(pieces, "B7".to_owned(), BEFORE).await?;
        let (mut bytes, mut most, mut before) = (Vec::new(), 0, came.load(Ordering::Relaxed));
        while let Some(chunk) = field.chunk().await.map_err(refusal)? {
            bytes.extend_from_slice(&chunk);
            let now = came.load(Ordering::Relaxed);
            most = most.max(now - before);
            before = now;
        }
        Ok((name, bytes, most))
    }

    #[tokio::test]
    async fn the_file_is_the_same_however_the_body_is_cut() {
        for piece in 1..=BODY.len() {
            let (name, bytes, _) = read(BODY, piece).await.unwrap();
            assert_eq!(
                (name.as_str(), bytes.as_slice()),
                ("ü.bin", FILE),
                "pieces of {piece}"
            );
        }
    }

    #[tokio::test]
    async fn no_cut_is_taken_for_an_end() {
        let end = BODY.len() - "\r\nX: y\r\n\r\n\r\n--B7--\r\nepilogue".len();
        for length in 0..end {
            assert_eq!(
                read(&BODY[..length], 7).await.unwrap_err().status,
                400,
                "{length}"
            );
        }
        assert_eq!(read(&BODY[..end], 7).await.unwrap().1, FILE);
        assert!(
            read(b"--B7x\r\n\r\n", 64).await.is_err(),
            "a boundary that goes on"
        );
        let long = [b"--B7\r\n".as_slice(), &vec![b'a'; 2 * BEFORE]].concat();
        let refused = read(&long, 512).await.unwrap_err();
        assert!(refused.sentence.contains("come first"), "{refused}");
    }

    #[tokio::test]
    async fn a_name_with_raw_control_characters_is_refused() {
        let body = b"--B7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\x1b[2J\"\r\n\r\nx\r\n--B7--";
        let refused = read(body, 64).await.unwrap_err();
        assert_eq!(refused.status, 400);
        assert!(refused.sentence.contains("cannot be read"), "{refused}");
    }

    #[tokio::test]
    async fn whatever_comes_in_whatever_pieces_means_the_same_and_little_of_it_is_held() {
        const WORDS: &[&[u8]] = &[
            b"\r\n--B7",
            b"--B7",
            b"\r\n",
            b"\r",
            b"\n",
            b"--",
            b"-",
            b"B7",
            b"\r\n\r\n",
            b" ",
            b"\0",
            b"\xff",
            b"Content-Disposition: form-data; name=\"file\"; filename=\"a\"",
            b";filename*=utf-8''%",
            b"=\"",
        ];
        // The same numbers in every run.
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut number = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        for _ in 0..20_000 {
            let mut body = if number(2) == 0 {
                BODY.to_vec()
            } else {
                b"--B7\r\n".to_vec()
            };
            for _ in 0..number(8) {
                let (at, word) = (number(body.len() + 1), WORDS[number(WORDS.len())]);
                let end = (at + number(6)).min(body.len());
                body.splice(at..end, word.iter().copied());
            }
            let whole = read(&body, body.len().max(1))
                .await
                .map(|(name, bytes, _)| (name, bytes));
            for piece in [1, 1 + number(12)] {
                let cut = read(&body, piece).await;
                let most = cut.as_ref().map_or(0, |(_, _, most)| *most);
                assert!(most <= "\r\n--B7".len() + piece, "{most} in {piece}");
                let cut = cut.map(|(name, bytes, _)| (name, bytes));
                assert_eq!(cut.is_ok(), whole.is_ok(), "{} in {piece}", body.escape_ascii());
                assert!(cut.is_err() || cut == whole, "{} in {piece}", body.escape_ascii());
            }
        }
    }
}
