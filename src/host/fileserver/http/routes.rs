//! Routes requests, and checks permissions. Matched by hand: a router would choose before the token is taken off the path,
//! and would give away the body that a refusal still has to read to its end.

use super::access::Right;
use super::answer::{Answer, Content, Refusal, dress, empty, methods, text};
use super::download::download;
use super::paced_body::PacedBody;
use super::places::{Kind, Place, Visit, made_room};
use super::shared::Shared;
use super::{plain, plik};
use crate::fileserver::storage::Key;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{ALLOW, CONNECTION, EXPECT, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode, Version};
use natsbridge_wire::percent_decode;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Reserved first parts of a path.
const RESERVED: &[&str] = &["file", "upload", "config", "version"];

/// Answers a request.
pub async fn answer(server: &Shared, visit: &Arc<Visit>, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let mut body = PacedBody::new(body, Arc::clone(&visit.pace), &server.files.limits);
    let (path, right) = server.access.visit(parts.uri.path(), &parts.headers);
    let path = path.trim_start_matches('/');
    let outcome = match check(server, visit, &parts, path, right) {
        Ok(()) => serve(server, visit, &parts, path, right, &mut body).await,
        Err(refusal) => Err(refusal),
    };
    let mut answer = match outcome {
        Ok(answer) => answer,
        Err(refusal) => {
            // A client that waits to be asked for its body has not begun to send it.
            if !visit.is_over() && !parts.headers.contains_key(EXPECT) {
                body.drain(server.files.limits.fileserver_small_body).await;
            }
            let close = visit.is_over() || refusal.status == StatusCode::REQUEST_TIMEOUT;
            let mut answer = refusal.answer();
            if close {
                answer
                    .headers_mut()
                    .insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
    };
    dress(answer.headers_mut(), right);
    visit.head.expect_next();
    answer
}

fn reads(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Whether the request makes sense, and may do what it wants.
fn check(server: &Shared, visit: &Visit, parts: &Parts, path: &str, right: Right) -> Result<(), Refusal> {
    if visit.head.is_ambiguous() {
        return Err(Refusal::bad(
            "The request has both Content-Length and Transfer-Encoding; send one of them.",
        ));
    }
    if parts.version == Version::HTTP_11 && parts.headers.get_all(HOST).iter().count() != 1 {
        return Err(Refusal::bad("An HTTP/1.1 request needs exactly one Host header."));
    }
    // What an upload may remove is decided by its own token.
    let adds = parts.method == Method::POST || path.starts_with("file/");
    let needed = match parts.method {
        _ if reads(&parts.method) => Right::Read,
        _ if adds => Right::Add,
        _ => Right::Change,
    };
    if right >= needed {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        if server.access.free_for(&HeaderMap::new()) >= needed {
            "Web pages from other sites change something only with the token as the first part of the path: the one \
             that natsbridge serve prints, or the one set by --upload-token."
        } else if needed == Right::Change {
            "PUT and DELETE need the token of this file server, as Authorization: Bearer TOKEN or as the first part of \
             the path: the one that natsbridge serve prints, or the one set by --upload-token; --open does without."
        } else {
            "Uploads need the token of this file server: as Authorization: Bearer TOKEN, or as the first part of the path."
        },
    ))
}

/// Answers once there is a place; it is taken until the answer is written.
async fn serve(
    server: &Shared,
    visit: &Arc<Visit>,
    parts: &Parts,
    path: &str,
    right: Right,
    body: &mut PacedBody,
) -> Result<Answer, Refusal> {
    let place = visit
        .place(if reads(&parts.method) {
            Kind::Download
        } else {
            Kind::Upload
        })
        .await?;
    body.start_over();
    let answer = tokio::select! {
        answer = route(server, parts, path, right, body) => answer?,
        () = visit.over() => return Err(made_room()),
    };
    Ok(answer.map(|content| {
        Held {
            content,
            _place: place,
        }
        .boxed_unsync()
    }))
}

/// A body that is being written, with the place that it takes.
struct Held {
    content: Content,
    _place: Place,
}

impl Body for Held {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Pin::new(&mut self.content).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}

async fn route(
    server: &Shared,
    parts: &Parts,
    path: &str,
    right: Right,
    body: &mut PacedBody,
) -> Result<Answer, Refusal> {
    let (method, headers) = (&parts.method, &parts.headers);
    if *method == Method::OPTIONS {
        let mut answer = empty(StatusCode::NO_CONTENT);
        answer.headers_mut().insert(ALLOW, methods(right));
        return Ok(answer);
    }
    let reads = reads(method);
    let segments: Vec<&str> = path.splitn(4, '/').collect();
    match (method, segments.as_slice()) {
        (_, [""]) if reads => Ok(text(
            StatusCode::OK,
            "A NATSBridge file server: POST /upload (Plik), or PUT and GET a path.\n".to_owned(),
        )),
        (_, ["version"]) if reads => Ok(plik::version()),
        (_, ["config"]) if reads => Ok(plik::config(server)),
        (&Method::POST, [""]) => plik::quick(server, headers, body).await,
        (&Method::POST, ["upload"]) => plik::open(server, headers, body).await,
        (&Method::POST, ["file", id]) => plik::add(server, headers, id, None, body).await,
        (&Method::POST, ["file", id, file, name]) => {
            let key = decoded(name).and_then(|name| Key::file(id, file, &name));
            let key = key.ok_or_else(Refusal::not_found)?;
            plik::add(server, headers, id, Some(&key), body).await
        }
        (_, ["file", id, file, name]) if reads || *method == Method::DELETE => {
            let key = decoded(name).and_then(|name| Key::file(id, file, &name));
            let key = key.ok_or_else(Refusal::not_found)?;
            if reads {
                download(server, method, headers, &key).await
            } else {
                plik::remove(server, headers, &key).await
            }
        }
        (_, [first, ..]) if RESERVED.contains(first) && reads => Err(Refusal::not_found()),
        (_, [first, ..]) if !RESERVED.contains(first) && *method != Method::POST => {
            let path = decoded(path).ok_or_else(|| Refusal::bad("The path is not valid UTF-8."))?;
            match *method {
                Method::PUT => plain::put(server, headers, &path, body).await,
                Method::DELETE => plain::remove(server, &path).await,
                _ if reads => download(server, method, headers, &Key::Path(path)).await,
                _ => Err(not_allowed(method)),
            }
        }
        _ => Err(not_allowed(method)),
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode(text).filter(|text| !text.is_empty())
}

fn not_allowed(method: &Method) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!(
            "{method} is not supported here: use POST /upload and POST /file/ID (Plik), or PUT, GET, HEAD \
             and DELETE on a path that does not begin with {}.",
            RESERVED.join(", ")
        ),
    )
}
