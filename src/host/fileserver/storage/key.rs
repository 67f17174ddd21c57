//! The keys and metadata of stored files. Names never become paths: a directory stores files under ids and hashes.

use natsbridge_engine::clock::random_uuid;
use natsbridge_wire::percent_encode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest id that is looked up.
const ID_BYTES: usize = 64;

/// What something stored is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An upload that was opened and takes files.
    Ticket {
        /// The upload's id.
        id: String,
    },
    /// A file of an upload.
    File {
        /// The upload's id.
        id: String,
        /// The file's id.
        file: String,
        /// The file's name.
        name: String,
    },
    /// What was put at a path of its own.
    Path(String),
}

impl Key {
    /// An upload's key, if that can be an id.
    pub fn ticket(id: &str) -> Option<Self> {
        is_id(id).then(|| Self::Ticket { id: id.to_owned() })
    }

    /// A file's key, if those can be ids.
    pub fn file(id: &str, file: &str, name: &str) -> Option<Self> {
        (is_id(id) && is_id(file)).then(|| Self::File {
            id: id.to_owned(),
            file: file.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The path of its URL, percent-encoded, with the slash.
    pub fn url_path(&self) -> String {
        match self {
            Self::Ticket { id } => format!("/upload/{id}"),
            Self::File { id, file, name } => format!("/file/{id}/{file}/{}", percent_encode(name)),
            Self::Path(path) => {
                let segments: Vec<_> = path.split('/').map(percent_encode).collect();
                format!("/{}", segments.join("/"))
            }
        }
    }

    /// The stem of its file names in a directory: no part of it was chosen by a client.
    pub fn stem(&self) -> String {
        match self {
            Self::Ticket { id } => id.clone(),
            Self::File { id, file, .. } => format!("{id}.{file}"),
            Self::Path(path) => format!("put-{}", hash(path)),
        }
    }

    /// The name of its object in a bucket. Those of files are also the ones that `--fileserver jetstream` writes.
    pub fn object(&self) -> String {
        match self {
            Self::Ticket { id } => format!("uploads/{id}"),
            Self::File { id, file, name } => format!("{id}/{file}/{name}"),
            Self::Path(path) => format!("put/{path}"),
        }
    }
}

/// The metadata kept beside the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The file's name as its sender calls it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// MD5 of the bytes in hex, where somebody is told it: of the files of uploads.
    pub md5: Option<String>,
    /// Whether the first complete download consumes it.
    pub one_shot: bool,
    /// SHA-256 in hex of the token that may change it.
    pub token_hash: Option<String>,
    /// When it was stored, in microseconds since the Unix epoch.
    pub stored_us: i64,
    /// When its time is up, in microseconds since the Unix epoch.
    pub expires_us: Option<i64>,
    /// Changes whenever the bytes do.
    pub tag: String,
}

impl Facts {
    /// Whether its time is up.
    pub fn is_over(&self, now_us: i64) -> bool {
        self.expires_us.is_some_and(|expires| expires <= now_us)
    }

    /// Whether that is the token of its upload.
    pub fn is_token(&self, token: &str) -> bool {
        self.token_hash.as_deref() == Some(hash(token).as_str())
    }
}

/// SHA-256 in hex: what is stored of a token, and what tokens are compared by.
pub fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// A new id that cannot be guessed.
pub fn new_id() -> String {
    random_uuid().simple().to_string()
}

/// 128 random bits as hex digits; a UUID alone holds 122.
pub fn new_secret() -> String {
    let (one, other) = (random_uuid().as_u128(), random_uuid().as_u128());
    format!("{:032x}", one ^ other.rotate_left(64))
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=ID_BYTES).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_client_writes_becomes_a_path() {
        for id in ["", ".", "..", "a/b", "a.b", "ä", "%2e", &"a".repeat(65)] {
            assert!(
                Key::file(id, "f", "n").is_none() && Key::ticket(id).is_none(),
                "{id}"
            );
        }
        for path in ["../../etc/passwd", "a/../b", "\0", "x".repeat(900).as_str()] {
            let stem = Key::Path(path.to_owned()).stem();
            assert!(stem.len() == 68 && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        }
        let file = Key::file("a", "b", "../ü?#").unwrap();
        assert_eq!(file.stem(), "a.b");
        assert_eq!(file.url_path(), "/file/a/b/..%2F%C3%BC%3F%23");
    }
}
