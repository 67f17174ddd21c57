//! Routes requests, and checks permissions. Matched by hand: a router would choose before the token is taken off the path,
//! and would give away the body that a refusal still has to read to its end.

use super::answer::{Answer, Refusal, dress, empty, methods, text};
use super::download::download;
use super::paced_body::PacedBody;
use super::shared::Shared;
use super::{plain, plik};
use crate::fileserver::storage::Key;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONNECTION, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use natsbridge_wire::percent_decode;

/// Reserved first parts of a path.
const RESERVED: &[&str] = &["file", "upload", "config", "version"];

/// Answers a request.
pub async fn answer(server: &Shared, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let mut body = PacedBody::new(body, &server.files.limits);
    let mut answer = match route(server, &parts, &mut body).await {
        Ok(answer) => answer,
        Err(refusal) => {
            // A client that waits to be asked for its body has not begun to send it.
            if !parts.headers.contains_key(EXPECT) {
                body.drain(server.files.limits.fileserver_small_body).await;
            }
            let too_slow = refusal.status == StatusCode::REQUEST_TIMEOUT;
            let mut answer = refusal.answer();
            if too_slow {
                answer
                    .headers_mut()
                    .insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
    };
    dress(answer.headers_mut(), server.access.opens_for(&parts.headers));
    answer
}

async fn route(server: &Shared, parts: &Parts, body: &mut PacedBody) -> Result<Answer, Refusal> {
    let (path, may_upload) = server.access.visit(parts.uri.path(), &parts.headers);
    let path = path.trim_start_matches('/');
    let (method, headers) = (&parts.method, &parts.headers);
    let reads = method == Method::GET || method == Method::HEAD;
    if *method == Method::OPTIONS {
        let mut answer = empty(StatusCode::NO_CONTENT);
        answer
            .headers_mut()
            .insert(ALLOW, methods(server.access.opens_for(headers)));
        return Ok(answer);
    }
    if !reads && !may_upload {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            if server.access.is_open() {
                "Web pages from other sites may only upload if a token is set: start the file server with \
                 --upload-token, and write the token as the first part of the path."
            } else {
                "Uploads need the token of this file server: as Authorization: Bearer TOKEN, or as the first part of the path."
            },
        ));
    }
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
        (&Method::POST, ["file", id]) => plik::add(server, headers, id, body).await,
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
