//! A bare HTTP client: what it sends is what the test wrote, and it can be slow, broken or rude.

use natsbridge_host::FileHost;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a test waits for something that should happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// `127.0.0.1:PORT` of a server.
pub fn address(files: &FileHost) -> String {
    let rest = files.url().strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// Opens a connection and writes these bytes.
pub async fn write(address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have cut it: what it answered is what counts.
    let _ = stream.write_all(bytes).await;
    stream
}

/// Reads one answer; `has_body` is false for HEAD.
pub async fn read(stream: &mut TcpStream, has_body: bool) -> Option<Answer> {
    timeout(PATIENCE, read_answer(stream, has_body))
        .await
        .expect("an answer in time")
}

async fn read_answer(stream: &mut TcpStream, has_body: bool) -> Option<Answer> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            // The server asks for a body: its answer is yet to come.
            if bytes.starts_with(b"HTTP/1.1 100") {
                bytes.drain(..at + 4);
                continue;
            }
            break at + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut answer = Answer {
        status: head[9..12].parse().unwrap(),
        head,
        body: bytes.split_off(end),
    };
    let length = answer
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    while has_body && answer.body.len() < length {
        more(stream, &mut answer.body).await?;
    }
    Some(answer)
}

/// Reads on; `None` when the server has closed the connection.
async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let length = stream.read_buf(bytes).await.ok()?;
    (length > 0).then_some(())
}

/// One request on a connection of its own.
pub async fn request(address: &str, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for header in headers {
        head += header;
        head += "\r\n";
    }
    if !body.is_empty() || matches!(method, "PUT" | "POST") {
        let length = format!("Content-Length: {}\r\n", body.len());
        head += &length;
    }
    head += "\r\n";
    let mut stream = write(address, &[head.as_bytes(), body].concat()).await;
    let answer = read(&mut stream, method != "HEAD").await;
    answer.unwrap_or_else(|| panic!("no answer to {method} {path}"))
}

/// A GET.
pub async fn get(address: &str, path: &str) -> Answer {
    request(address, "GET", path, &[], b"").await
}

/// Opens an upload as upstream's peers do; id and token.
pub async fn open_upload(address: &str, wishes: &str) -> (String, String) {
    let answer = request(
        address,
        "POST",
        "/upload",
        &["Content-Type: application/json"],
        wishes.as_bytes(),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    (text("id"), text("uploadToken"))
}

/// The body of a multipart upload and its content type header.
pub fn multipart(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "xX-boundary-Xx";
    let escaped = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{escaped}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (
        format!("Content-Type: multipart/form-data; boundary={boundary}"),
        body,
    )
}

/// Adds a file to an upload.
pub async fn add_file(address: &str, upload: &(String, String), name: &str, bytes: &[u8]) -> Answer {
    let (content_type, body) = multipart(name, bytes);
    let token = format!("X-UploadToken: {}", upload.1);
    let path = format!("/file/{}", upload.0);
    request(address, "POST", &path, &[&content_type, &token], &body).await
}

/// Uploads a file as upstream's peers do; the path of its URL.
pub async fn plik(address: &str, wishes: &str, name: &str, bytes: &[u8]) -> String {
    let upload = open_upload(address, wishes).await;
    let added = add_file(address, &upload, name, bytes).await;
    assert_eq!(added.status, 200, "{added:?}");
    let file = added.json();
    assert_eq!(file["fileName"], name);
    assert_eq!(file["fileSize"], bytes.len());
    assert_eq!(file["status"], "uploaded");
    format!(
        "/file/{}/{}/{}",
        upload.0,
        file["id"].as_str().unwrap(),
        encode(name)
    )
}

/// Percent-encodes everything but letters, digits and hyphens.
pub fn encode(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    name.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
