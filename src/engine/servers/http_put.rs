//! Servers that take a file by PUT and give it by GET under the same URL: WebDAV, nginx, presigned object stores.

use super::attempts::AttemptError;
use super::body_stream::BodyProgress;
use super::contract::UploadResult;
use super::exchange::Http;
use super::upload::{Backend, Upload};
use reqwest::Body;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};

/// Uploads by PUT.
#[derive(Debug)]
pub(super) struct HttpPut(pub(super) Http);

impl Backend for HttpPut {
    async fn store(&self, upload: &Upload<'_>, body: &BodyProgress) -> Result<UploadResult, AttemptError> {
        let request = self
            .0
            .client(upload.limits)?
            .put(upload.address.signed(&[&upload.unique_name()]))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, upload.data.len())
            .body(Body::wrap_stream(upload.pieces(body)));
        let answer = self.0.exchange(request, upload, body).await?;
        Ok(upload.stored(answer.status))
    }
}
