//! The part of the Plik API that NATSBridge peers and Plik's own client use: open an upload, add files to it, quick
//! upload in one request, delete a file, and the information that clients ask for first.

use super::answer::{Answer, Refusal, json, text};
use super::multipart::{boundary, file_part, refusal};
use super::paced_body::PacedBody;
use super::shared::Shared;
use crate::fileserver::storage::{Facts, Key, StorageError, hash, new_id, new_secret};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, StatusCode};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The header that carries the token of an upload.
const UPLOAD_TOKEN: &str = "x-uploadtoken";

/// The options a client may set when it opens an upload; other Plik options are ignored.
#[derive(Debug, Default, PartialEq)]
struct Wish {
    one_shot: Option<bool>,
    /// Seconds; nothing or less stands for as long as may be.
    ttl: Option<f64>,
    /// Files that will be added, as a list or under references of the client's.
    files: Value,
}

/// Plik reads keys without regard to case, and of those that come twice the last.
impl<'de> Deserialize<'de> for Wish {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Wish;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wish, A::Error> {
                let mut wish = Wish::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.to_uppercase().as_str() {
                        "ONESHOT" => wish.one_shot = map.next_value::<Option<bool>>()?.or(wish.one_shot),
                        "TTL" => wish.ttl = map.next_value::<Option<f64>>()?.or(wish.ttl),
                        "FILES" => wish.files = map.next_value()?,
                        _ => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(wish)
            }
        }
        json.deserialize_map(Keys)
    }
}

/// Files that may be announced at once, as `GET /config` says.
const MOST_FILES: usize = 1000;

/// `POST /upload`.
pub async fn open(server: &Shared, headers: &HeaderMap, body: &mut PacedBody) -> Result<Answer, Refusal> {
    let body = body.whole(server.files.limits.fileserver_small_body).await?;
    let wish: Wish = match body.trim_ascii() {
        b"" => Wish::default(),
        body => serde_json::from_slice(body).map_err(|error| {
            Refusal::bad(format!(
                "The upload options must be a JSON object such as {{\"oneShot\":true,\"ttl\":3600}}: \
                 {error}."
            ))
        })?,
    };
    let one_shot = wish.one_shot.unwrap_or(false);
    let ttl = wish.ttl.filter(|seconds| *seconds > 0.0);
    let ttl = ttl.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let (id, token) = (new_id(), new_secret());
    let facts = Facts {
        one_shot,
        token_hash: Some(hash(&token)),
        expires_us: Some(server.files.expiry(ttl)),
        ..Facts::default()
    };
    let key = Key::Ticket { id: id.clone() };
    server.files.keep(&key, facts, Bytes::new()).await?;
    Ok(json(&json!({
        "id": id,
        "uploadToken": token,
        "oneShot": one_shot,
        "ttl": server.files.limits.fileserver_ttl.min(ttl.unwrap_or(Duration::MAX)).as_secs(),
        "uploadDate": server.files.now_us() / 1_000_000,
        "downloadDomain": server.base_url(headers),
        "admin": true,
        "stream": false,
        "removable": false,
        "files": announced(&wish.files),
    })))
}

/// The files that a client announces, each with the id it is then sent to.
fn announced(files: &Value) -> Vec<Value> {
    let listed = files.as_array().into_iter().flatten();
    let named = files.as_object().into_iter().flatten().map(|(_, file)| file);
    let file = |file: &Value| {
        let mut file = json!({
            "id": new_id(),
            "fileName": file["fileName"],
            "fileType": file["fileType"],
            "fileSize": file["fileSize"],
            "reference": file["reference"],
            "status": "missing",
        });
        if let Some(fields) = file.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        file
    };
    listed.chain(named).take(MOST_FILES).map(file).collect()
}

/// `POST /file/ID`, and `POST /file/ID/FILEID/NAME` for a file that was announced.
pub async fn add(
    server: &Shared,
    headers: &HeaderMap,
    id: &str,
    announced: Option<&Key>,
    body: &mut PacedBody,
) -> Result<Answer, Refusal> {
    let ticket = Key::ticket(id).ok_or_else(no_upload)?;
    let upload = server.files.look(&ticket).await.map_err(|error| match error {
        StorageError::NotFound => no_upload(),
        other => other.into(),
    })?;
    require_token(headers, &upload)?;
    if let Some(key) = announced
        && server.files.look(key).await.is_ok()
    {
        return Err(Refusal::bad("This file has been uploaded already."));
    }
    let (key, facts) = receive(server, headers, (id, announced), upload, body).await?;
    Ok(json(&described(&key, &facts)))
}

/// `POST /`: an upload of one file in one request, answered with its URL.
pub async fn quick(server: &Shared, headers: &HeaderMap, body: &mut PacedBody) -> Result<Answer, Refusal> {
    let upload = Facts {
        token_hash: Some(hash(&new_secret())),
        expires_us: Some(server.files.expiry(None)),
        ..Facts::default()
    };
    let (key, _) = receive(server, headers, (&new_id(), None), upload, body).await?;
    Ok(text(
        StatusCode::OK,
        format!("{}{}\n", server.base_url(headers), key.url_path()),
    ))
}

/// `DELETE /file/ID/FILEID/NAME`.
pub async fn remove(server: &Shared, headers: &HeaderMap, key: &Key) -> Result<Answer, Refusal> {
    let facts = server.files.look(key).await?;
    require_token(headers, &facts)?;
    server.files.remove(key, &facts).await?;
    Ok(text(StatusCode::OK, "ok".to_owned()))
}

/// `GET /version`.
pub fn version() -> Answer {
    json(&json!({"version": env!("CARGO_PKG_VERSION"), "isRelease": true, "isMint": true}))
}

/// `GET /config`: what Plik's clients look at before they upload.
pub fn config(server: &Shared) -> Answer {
    let ttl = server.files.limits.fileserver_ttl.as_secs();
    json(&json!({
        "maxFileSize": server.files.limits.fileserver_file,
        "maxFilePerUpload": 1000,
        "defaultTTL": ttl,
        "maxTTL": ttl,
        "downloadDomain": server.public_url.as_deref().unwrap_or_default(),
        "feature_one_shot": "enabled",
        "feature_stream": "disabled",
        "feature_removable": "disabled",
        "feature_password": "disabled",
        "feature_authentication": "disabled",
    }))
}

/// Takes the file out of the body; it inherits from its upload.
async fn receive(
    server: &Shared,
    headers: &HeaderMap,
    (id, announced): (&str, Option<&Key>),
    upload: Facts,
    body: &mut PacedBody,
) -> Result<(Key, Facts), Refusal> {
    let limits = &server.files.limits;
    // A multipart body is a little larger than its file.
    let surely = body
        .announced()
        .unwrap_or(0)
        .saturating_sub(limits.fileserver_head as u64);
    let boundary = boundary(headers.get(CONTENT_TYPE))?;
    let (name, field) = file_part(body.stream(), boundary, limits.fileserver_small_body).await?;
    let own = || Key::File {
        id: id.to_owned(),
        file: new_id(),
        name: name.clone(),
    };
    let key = announced.cloned().unwrap_or_else(own);
    let name = match &key {
        Key::File { name, .. } => name.clone(),
        Key::Ticket { .. } | Key::Path(_) => name,
    };
    let facts = Facts { name, ..upload };
    let stored = server
        .take_in(&key, facts, field.map_err(refusal).boxed(), surely)
        .await?;
    Ok((key, stored))
}

fn described(key: &Key, facts: &Facts) -> Value {
    let id = match key {
        Key::File { file, .. } => file.as_str(),
        Key::Ticket { .. } | Key::Path(_) => "",
    };
    json!({
        "id": id,
        "fileName": facts.name,
        "fileMd5": facts.md5,
        "fileSize": facts.size,
        "fileType": "application/octet-stream",
        "fileUploadDate": facts.stored_us / 1_000_000,
        "status": "uploaded",
        "reference": "",
    })
}

fn require_token(headers: &HeaderMap, facts: &Facts) -> Result<(), Refusal> {
    let token = headers.get(UPLOAD_TOKEN).and_then(|value| value.to_str().ok());
    match token {
        Some(token) if facts.is_token(token) => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "X-UploadToken is not the token of this upload: send the uploadToken from the response to \
             POST /upload.",
        )),
    }
}

fn no_upload() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "No such upload, or it has expired: open one with POST /upload.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_plik_reads_them() {
        for (json, one_shot, ttl) in [
            ("{\"oneShot\":true}", Some(true), None),
            ("{\"OneShot\":true,\"TTL\":5}", Some(true), Some(5.0)),
            ("{\"ONESHOT\":true,\"oneshot\":null}", Some(true), None),
            ("{\"oneShot\":true,\"ONESHOT\":false}", Some(false), None),
            // Go folds the long s, too.
            ("{\"one\u{17f}hot\":true,\"stream\":[{}]}", Some(true), None),
            ("{}", None, None),
        ] {
            let wish: Wish = serde_json::from_str(json).unwrap();
            assert_eq!((wish.one_shot, wish.ttl), (one_shot, ttl), "{json}");
        }
        for json in ["{\"OneShot\":\"yes\"}", "[]", "true", "{\"ttl\":{}}"] {
            assert!(serde_json::from_str::<Wish>(json).is_err(), "{json}");
        }
    }
}
