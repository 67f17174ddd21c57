//! Plain PUT and DELETE at a path chosen by the client, as on WebDAV servers and presigned prefixes.

use super::answer::{Answer, Refusal, empty, text};
use super::arriving::Arriving;
use super::house::House;
use super::intake::Source;
use super::key::{Facts, Key};
use hyper::header::{CONTENT_RANGE, HeaderValue, LOCATION};
use hyper::{HeaderMap, StatusCode};

/// `PUT /a/name`: 201 for something new, 204 where something was replaced.
pub async fn put(
    house: &House,
    headers: &HeaderMap,
    path: &str,
    arriving: &mut Arriving,
) -> Result<Answer, Refusal> {
    if headers.contains_key(CONTENT_RANGE) {
        return Err(Refusal::bad(
            "Files must be uploaded whole; partial uploads (Content-Range) are not supported.",
        ));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || path.len() > house.limits.fileserver_name {
        let most = house.limits.fileserver_name;
        return Err(Refusal::bad(format!(
            "An upload path must end with a name and have at most {most} bytes, such as /reports/today.csv."
        )));
    }
    let key = Key::Path(path.to_owned());
    let replaced = house.look(&key).await.ok();
    let facts = Facts {
        name: name.to_owned(),
        expires_us: Some(house.expiry(None)),
        ..Facts::default()
    };
    let announced = arriving.announced();
    house
        .take_in(&key, facts, Source::Whole(arriving), announced)
        .await?;
    let url = house.base_url(headers) + &key.url_path();
    let mut answer = match replaced {
        Some(replaced) => {
            house.space.freed(house.weight(&replaced));
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
pub async fn remove(house: &House, path: &str) -> Result<Answer, Refusal> {
    let key = Key::Path(path.to_owned());
    let facts = house.look(&key).await?;
    house.remove(&key, &facts).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
