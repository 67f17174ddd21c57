//! What the tests of our file server stand on: a server on a free port, bytes and names to give it.

use natsbridge_host::{FileHost, FileHostOptions};

/// Names that real peers and rude ones give to files.
pub const NAMES: &[&str] = &[
    "plain.txt",
    "two words.csv",
    "Grüße ☀ 日本語.arrow",
    "quote\"and'apostrophe;semi.txt",
    "a+b&c=d?e#f%g.txt",
    "back\\slash.txt",
    "../../etc/passwd",
    "/absolute",
    "..",
    ".hidden",
    "line\r\nInjected: yes",
    "bidi\u{202e}gpj.exe",
];

/// A file server on a free port.
pub async fn start(options: FileHostOptions) -> FileHost {
    let listen = "127.0.0.1:0".to_owned();
    FileHost::start(FileHostOptions { listen, ..options })
        .await
        .unwrap()
}

/// One that takes PUT and DELETE from everybody.
pub async fn start_open() -> FileHost {
    start(FileHostOptions {
        open: true,
        ..FileHostOptions::default()
    })
    .await
}

/// Bytes that compress to nothing less.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}
