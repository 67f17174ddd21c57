//! The parts of a `multipart/form-data` body (RFC 7578), without copying the bytes of a file: they are passed on as
//! received, cut only at the boundary. `Parts` is pure; `Multipart` feeds it.

use super::answer::Refusal;
use super::arriving::Arriving;
use super::names::parameters;
use bytes::{Buf, Bytes, BytesMut};
use hyper::header::HeaderValue;
use memchr::memmem::{self, Finder};
use natsbridge_wire::percent_decode;

/// Bytes of a part's head.
const HEAD: usize = 16 << 10;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Nothing before more bytes come.
    Hungry,
    /// A part begins.
    Part(PartHead),
    /// Bytes of the part.
    Data(Bytes),
    /// The part has ended.
    PartEnd,
    /// Nothing follows any more.
    End,
}

/// What a part is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartHead {
    /// The name of the field.
    pub name: String,
    /// The name of the file, if it has one.
    pub file_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Preamble,
    /// Directly behind a boundary.
    Boundary,
    /// In the head of a part.
    Head,
    /// In the bytes of a part.
    Body,
    /// Behind the last boundary.
    End,
}

#[derive(Debug)]
struct Parts {
    /// Line break, two hyphens and the boundary.
    delimiter: Vec<u8>,
    finder: Finder<'static>,
    held: Bytes,
    state: State,
}

impl Parts {
    fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Self {
            finder: Finder::new(&delimiter).into_owned(),
            delimiter,
            // As if a line had ended before the body: the first boundary may stand at its very start.
            held: Bytes::from_static(b"\r\n"),
            state: State::Preamble,
        }
    }

    fn push(&mut self, bytes: Bytes) {
        if self.held.is_empty() {
            self.held = bytes;
        } else {
            // Rare within a file: only if its bytes end like the start of the delimiter.
            let mut joined = BytesMut::with_capacity(self.held.len() + bytes.len());
            joined.extend_from_slice(&self.held);
            joined.extend_from_slice(&bytes);
            self.held = joined.freeze();
        }
    }

    fn step(&mut self) -> Result<Step, Refusal> {
        loop {
            match self.state {
                State::Preamble => {
                    let Some(at) = self.finder.find(&self.held) else {
                        self.held.advance(self.held.len() - self.begun());
                        return Ok(Step::Hungry);
                    };
                    self.held.advance(at + self.delimiter.len());
                    self.state = State::Boundary;
                }
                State::Boundary => {
                    let blanks = self.held.iter().take_while(|byte| b" \t".contains(byte)).count();
                    self.held.advance(blanks);
                    match self.held.first_chunk::<2>() {
                        None => return Ok(Step::Hungry),
                        Some(b"--") => self.state = State::End,
                        // The line break stays: a head without a line ends with it and another one.
                        Some(b"\r\n") => self.state = State::Head,
                        Some(_) => return Err(Refusal::bad("The multipart body has an invalid boundary.")),
                    }
                }
                State::Head => match memmem::find(&self.held, b"\r\n\r\n") {
                    Some(at) => {
                        let head = part_head(&String::from_utf8_lossy(&self.held[..at]));
                        self.held.advance(at + 4);
                        self.state = State::Body;
                        return Ok(Step::Part(head));
                    }
                    None if self.held.len() > HEAD => {
                        return Err(Refusal::bad(
                            "A part of the multipart body has headers that are too \
                                                 long.",
                        ));
                    }
                    None => return Ok(Step::Hungry),
                },
                State::Body => {
                    if let Some(at) = self.finder.find(&self.held) {
                        if at > 0 {
                            return Ok(Step::Data(self.held.split_to(at)));
                        }
                        self.held.advance(self.delimiter.len());
                        self.state = State::Boundary;
                        return Ok(Step::PartEnd);
                    }
                    let sure = self.held.len() - self.begun();
                    return Ok(match sure {
                        0 => Step::Hungry,
                        _ => Step::Data(self.held.split_to(sure)),
                    });
                }
                State::End => {
                    self.held.clear();
                    return Ok(Step::End);
                }
            }
        }
    }

    /// How many of the last bytes may be the beginning of the delimiter.
    fn begun(&self) -> usize {
        let longest = self.held.len().min(self.delimiter.len() - 1);
        let begins = |length: &usize| self.held.ends_with(&self.delimiter[..*length]);
        (1..=longest).rev().find(begins).unwrap_or(0)
    }
}

fn part_head(text: &str) -> PartHead {
    let mut head = PartHead::default();
    let lines = text.split("\r\n").filter_map(|line| line.split_once(':'));
    for (_, value) in lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition")) {
        for (name, value) in parameters(value) {
            match name.as_str() {
                "name" => head.name = value,
                "filename" if head.file_name.is_empty() => head.file_name = value,
                // Exact where both are there (RFC 5987).
                "filename*" => {
                    let encoded = value.rsplit('\'').next().unwrap_or_default();
                    head.file_name = percent_decode(encoded).unwrap_or(head.file_name);
                }
                _ => {}
            }
        }
    }
    head
}

/// A multipart body that arrives.
#[derive(Debug)]
pub struct Multipart<'a> {
    arriving: &'a mut Arriving,
    parts: Parts,
    /// Bytes that may come before the file.
    before: usize,
}

impl<'a> Multipart<'a> {
    /// The parts of a body with that content type; at most `before` bytes may come before the file.
    pub fn new(
        content_type: Option<&HeaderValue>,
        arriving: &'a mut Arriving,
        before: usize,
    ) -> Result<Self, Refusal> {
        let text = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_form = text
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data");
        let boundary = parameters(text).into_iter().find(|(name, _)| name == "boundary");
        match boundary {
            Some((_, boundary)) if is_form && (1..=70).contains(&boundary.len()) => Ok(Self {
                parts: Parts::new(&boundary),
                arriving,
                before,
            }),
            _ => Err(Refusal::bad(
                "An upload is a multipart/form-data body with a boundary and a part named file, such as: \
                 curl -F file=@data.bin URL",
            )),
        }
    }

    /// Goes on to the part that is a file: the first named `file` that has a file name.
    pub async fn file(&mut self) -> Result<PartHead, Refusal> {
        let mut came = 0;
        loop {
            match self.parts.step()? {
                // What is thrown away counts nowhere else.
                Step::Hungry if came > self.before => {
                    return Err(Refusal::bad(format!(
                        "The file must come first: the first {} bytes of the multipart body contain none.",
                        self.before
                    )));
                }
                Step::Hungry => came += self.feed().await?,
                Step::Part(head) if head.name == "file" && !head.file_name.is_empty() => return Ok(head),
                Step::End => {
                    return Err(Refusal::bad(
                        "The multipart body has no part named file with a file name.",
                    ));
                }
                _ => {}
            }
        }
    }

    /// The next bytes of the part, `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            match self.parts.step()? {
                Step::Hungry => {
                    self.feed().await?;
                }
                Step::Data(bytes) => return Ok(Some(bytes)),
                _ => return Ok(None),
            }
        }
    }

    async fn feed(&mut self) -> Result<usize, Refusal> {
        let bytes = self.arriving.chunk().await?;
        let bytes = bytes.ok_or_else(|| Refusal::bad("The multipart body was interrupted."))?;
        let count = bytes.len();
        self.parts.push(bytes);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] =
        b"preamble\r\n--B7\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--B7 \r\n\
        content-disposition: form-data; name=\"file\"; filename=\"\xc3\xbc.bin\"\r\nContent-Type: x/y\r\n\r\n\
        \r\n-\r\n--B\r\n--\r\r\n--B7\r\n\r\n\r\n--B7\r\nX: y\r\n\r\n\r\n--B7--\r\nepilogue";

    /// All parts of a body that comes in pieces of that size.
    fn read(body: &[u8], piece: usize) -> Result<Vec<(PartHead, Vec<u8>)>, Refusal> {
        let mut parts = Parts::new("B7");
        let mut pieces = body.chunks(piece);
        let mut found: Vec<(PartHead, Vec<u8>)> = Vec::new();
        loop {
            match parts.step()? {
                Step::Hungry => match pieces.next() {
                    Some(piece) => parts.push(Bytes::copy_from_slice(piece)),
                    None => return Err(Refusal::bad("cut")),
                },
                Step::Part(head) => found.push((head, Vec::new())),
                Step::Data(bytes) => found.last_mut().unwrap().1.extend_from_slice(&bytes),
                Step::PartEnd => {}
                Step::End => return Ok(found),
            }
        }
    }

    #[test]
    fn the_parts_are_the_same_however_the_body_is_cut() {
        let head = |name: &str, file_name: &str| PartHead {
            name: name.into(),
            file_name: file_name.into(),
        };
        let wanted = vec![
            (head("note", ""), b"hi".to_vec()),
            (head("file", "ü.bin"), b"\r\n-\r\n--B\r\n--\r".to_vec()),
            (head("", ""), Vec::new()),
            (head("", ""), Vec::new()),
        ];
        for piece in 1..=BODY.len() {
            assert_eq!(read(BODY, piece).as_ref(), Ok(&wanted), "pieces of {piece}");
        }
    }

    #[test]
    fn no_cut_is_taken_for_an_end() {
        let end = BODY.len() - "\r\nepilogue".len();
        for length in 0..end {
            assert!(read(&BODY[..length], 7).is_err(), "{length}");
        }
        assert!(read(b"--B7x\r\n\r\n", 64).is_err(), "a boundary that goes on");
        let long = [b"--B7\r\n".as_slice(), &vec![b'a'; HEAD + 2]].concat();
        assert_eq!(read(&long, 4096).unwrap_err().status, 400);
    }

    /// The same numbers in every run.
    fn numbers() -> impl FnMut(usize) -> usize {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        }
    }

    #[test]
    fn whatever_comes_in_whatever_pieces_means_the_same_and_little_of_it_is_held() {
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
        let mut number = numbers();
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
            let whole = read(&body, body.len().max(1));
            for piece in [1, 1 + number(12)] {
                assert_eq!(read(&body, piece), whole, "{} in {piece}", body.escape_ascii());
            }
            let (mut parts, mut out) = (Parts::new("B7"), 0);
            for piece in body.chunks(1 + number(9)) {
                parts.push(Bytes::copy_from_slice(piece));
                while let Ok(step) = parts.step() {
                    match step {
                        Step::Data(bytes) => out += bytes.len(),
                        Step::Hungry | Step::End => break,
                        Step::Part(_) | Step::PartEnd => {}
                    }
                }
                assert!(parts.state != State::Body || parts.held.len() < parts.delimiter.len());
            }
            assert!(out <= body.len());
        }
    }
}
