//! The head of a request as it stands on the wire. What reads it for us drops a Content-Length beside a
//! Transfer-Encoding, as RFC 9112 allows, and so hides what only somebody sends who wants two readers to see two
//! different requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The bytes that came since the last request was answered.
#[derive(Debug)]
pub struct RawHead {
    most: usize,
    /// `None` while a request is being answered.
    bytes: Mutex<Option<Vec<u8>>>,
}

impl RawHead {
    /// Of at most that many bytes.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            bytes: Mutex::new(Some(Vec::new())),
        }
    }

    /// These bytes came.
    pub fn came(&self, bytes: &[u8]) {
        if let Some(head) = &mut *self.bytes() {
            let room = self.most.saturating_sub(head.len());
            head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// The head is read: whether it says in two ways how long its body is.
    pub fn is_ambiguous(&self) -> bool {
        let bytes = self.bytes().take().unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let head = lines.skip(1).take_while(|line| !line.is_empty());
        let names: Vec<_> = head
            .filter_map(|line| line.split(|byte| *byte == b':').next())
            .collect();
        let has = |name: &str| names.iter().any(|it| it.eq_ignore_ascii_case(name.as_bytes()));
        has("content-length") && has("transfer-encoding")
    }

    /// The next head may come.
    pub fn expect_next(&self) {
        *self.bytes() = Some(Vec::new());
    }

    fn bytes(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lengths_are_seen_in_any_order_and_only_in_the_head() {
        let (chunks, length) = ("Transfer-Encoding: chunked\r\n", "content-LENGTH: 3\r\n");
        for (head, ambiguous) in [
            (format!("{chunks}{length}"), true),
            (format!("{length}Host: a\r\n{chunks}"), true),
            (chunks.to_owned(), false),
            (length.to_owned(), false),
            (format!("{chunks}\r\n{length}"), false),
        ] {
            let raw = RawHead::new(1000);
            for byte in format!("PUT / HTTP/1.1\r\n{head}\r\nabc").bytes() {
                raw.came(&[byte]);
            }
            assert_eq!(raw.is_ambiguous(), ambiguous, "{head}");
            raw.came(b"body");
            assert!(!raw.is_ambiguous());
        }
    }
}
