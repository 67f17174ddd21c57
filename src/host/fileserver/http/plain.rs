//! Plain PUT and DELETE at a path chosen by the client, as on WebDAV servers and presigned prefixes.

use super::answer::{Answer, Refusal, empty, text};
use super::paced_body::PacedBody;
use super::shared::Shared;
use crate::fileserver::storage::{Facts, Key};
use futures_util::StreamExt;
use hyper::header::{CONTENT_RANGE, HeaderValue, LOCATION};
use hyper::{HeaderMap, StatusCode};

/// `PUT /a/name`: 201 for something new, 204 where something was replaced.
pub async fn put(
    server: &Shared,
    headers: &HeaderMap,
    path: &str,
    body: &mut PacedBody,
) -> Result<Answer, Refusal> {
    if headers.contains_key(CONTENT_RANGE) {
        return Err(Refusal::bad(
            "Files must be uploaded whole; partial uploads (Content-Range) are not supported.",
        ));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || path.len() > server.files.limits.fileserver_name {
        let most = server.files.limits.fileserver_name;
        return Err(Refusal::bad(format!(
            "An upload path must end with a name and have at most {most} bytes, such as /reports/today.csv."
        )));
    }
    let key = Key::Path(path.to_owned());
    let replaced = server.files.look(&key).await.ok();
    let facts = Facts {
        name: name.to_owned(),
        expires_us: Some(server.files.expiry(None)),
        ..Facts::default()
    };
    let surely = body.announced().unwrap_or(0);
    server.take_in(&key, facts, body.stream().boxed(), surely).await?;
    let url = server.base_url(headers) + &key.url_path();
    let mut answer = match replaced {
        Some(replaced) => {
            server.files.forget(&replaced);
            empty(StatusCode::NO_CONTENT)
        }
        None => text(StatusCode::CREATED, url.clone() + "\n"),
    };
    if let Ok(url) = HeaderValue::from_str(&url) {
        answer.headers_mut().insert(LOCATION, url);
    }
    Ok(answer)
}

/// `DELETE /a/name`.
pub async fn remove(server: &Shared, path: &str) -> Result<Answer, Refusal> {
    let key = Key::Path(path.to_owned());
    let facts = server.files.look(&key).await?;
    server.files.remove(&key, &facts).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
