//! A small HTTP server for tests: records what it is asked and answers as the test says.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

/// An answer.
pub type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// Path and query as they stood on the wire.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    /// A header, `""` where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The parts of a form: head and content.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let kind = self.header("content-type");
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mark = format!("--{boundary}\r\n").into_bytes();
        let end = format!("\r\n--{boundary}--\r\n").into_bytes();
        let inner = self
            .body
            .strip_prefix(&mark[..])
            .unwrap()
            .strip_suffix(&end[..])
            .unwrap();
        let split = inner.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(inner[..split].to_vec()).unwrap();
        vec![(head, inner[split + 4..].to_vec())]
    }
}

/// The running server.
pub struct Stage {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Stage {
    /// Starts one that answers each request, told which it is (from 0), with a status and a text.
    pub async fn start(answer: impl Fn(usize, &Seen) -> (u16, String) + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (recorded, answer) = (seen.clone(), Arc::new(answer));
        let (url, task) = serve(move |request| {
            let (recorded, answer) = (recorded.clone(), answer.clone());
            async move {
                let (head, body) = request.into_parts();
                let Ok(body) = body.collect().await else {
                    return text(400, "");
                };
                let request = Seen {
                    method: head.method.to_string(),
                    target: head.uri.to_string(),
                    headers: head.headers,
                    body: body.to_bytes(),
                };
                let number = {
                    let mut recorded = recorded.lock().unwrap();
                    recorded.push(request.clone());
                    recorded.len() - 1
                };
                let (status, words) = answer(number, &request);
                text(status, words)
            }
        })
        .await;
        Self { url, seen, task }
    }

    /// One that answers as Plik does, naming the file `stored`, or as it was named.
    pub async fn plik(stored: Option<&'static str>) -> Self {
        Self::start(move |_, request| {
            if request.target.ends_with("/upload") {
                return (200, r#"{"id":"UP","uploadToken":"TOK","ttl":1}"#.into());
            }
            let (head, content) = request.parts().remove(0);
            let named = head.split("filename=\"").nth(1).unwrap();
            let named = named[..named.rfind('"').unwrap()].replace("\\\"", "\"");
            let file = serde_json::json!({
                "id": "FI", "fileName": stored.unwrap_or(&named), "fileMd5": "", "fileSize": content.len(),
            });
            (200, file.to_string())
        })
        .await
    }

    /// Everything asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer of a text.
pub fn text(status: u16, text: impl Into<Bytes>) -> Answer {
    let text = text.into();
    let mut answer = streamed(futures_util::stream::iter([text]));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    let elsewhere = hyper::header::HeaderValue::from_static("http://elsewhere.example/");
    answer.headers_mut().insert("location", elsewhere);
    answer
}

/// An answer that comes piece by piece.
pub fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Answer {
    let frames = pieces.map(|piece| Ok(Frame::data(piece)));
    Response::new(StreamBody::new(frames).boxed_unsync())
}

/// Serves every request with one function; gives the address.
pub async fn serve<F, A>(answer: F) -> (String, JoinHandle<()>)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            let service = service_fn(move |request| {
                let answering = answer(request);
                async move { Ok::<_, Infallible>(answering.await) }
            });
            // A client that goes away is part of some tests.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (url, task)
}
