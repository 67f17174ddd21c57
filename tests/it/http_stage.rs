//! A small HTTP server for tests: records what it is asked and answers as the test says.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

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
        let (url, task) = serve(move |request: Request| {
            let (recorded, answer) = (recorded.clone(), answer.clone());
            async move {
                let (head, body) = request.into_parts();
                let Ok(body) = to_bytes(body, usize::MAX).await else {
                    return StatusCode::BAD_REQUEST.into_response();
                };
                let request = Seen {
                    method: head.method.to_string(),
                    target: head.uri.to_string(),
                    headers: head.headers,
                    body,
                };
                let number = {
                    let mut recorded = recorded.lock().unwrap();
                    recorded.push(request.clone());
                    recorded.len() - 1
                };
                let (status, text) = answer(number, &request);
                Response::builder()
                    .status(status)
                    .header("location", "http://elsewhere.example/")
                    .body(Body::from(text))
                    .unwrap()
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

/// Serves every request with one function; gives the address.
pub async fn serve<F, A>(answer: F) -> (String, JoinHandle<()>)
where
    F: Fn(Request) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(move |request: Request| answer(request));
    let task = tokio::spawn(async move {
        // Ends with the test.
        let _ = axum::serve(listener, app).await;
    });
    (url, task)
}
