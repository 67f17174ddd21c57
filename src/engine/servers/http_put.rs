//! Servers that take a file by PUT and give it by GET under the same URL: WebDAV, nginx, presigned object stores.

use super::address::{Place, file_name};
use super::attempts::{AttemptError, tried};
use super::body_stream::BodyProgress;
use super::contract::{FileServer, UploadFuture, UploadResult};
use super::exchange::Http;
use crate::clock;
use crate::http::Progress;
use natsbridge_wire::Blob;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};

/// Uploads by PUT.
#[derive(Debug)]
pub(super) struct HttpPut {
    pub(super) http: Http,
}

impl FileServer for HttpPut {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        Box::pin(async move {
            let place = Place::parse(fileserver_url)?;
            // One name for all tries: a try that broke off is overwritten by the next. No directories, which a
            // server might not make.
            let id = clock::random_uuid().to_string();
            let name = format!("{id}-{}", file_name(dataname));
            let one_try = || self.once(&place, &name, &data, progress);
            let status = tried(&self.http.limits, dataname, &place, one_try).await?;
            Ok(UploadResult {
                status,
                url: place.link(&[&name]),
                uploadid: id,
                fileid: name,
            })
        })
    }
}

impl HttpPut {
    async fn once(
        &self,
        place: &Place,
        name: &str,
        data: &Blob,
        progress: &Progress,
    ) -> Result<u16, AttemptError> {
        let moved = BodyProgress::of(data, progress);
        let request = self
            .http
            .client()?
            .put(place.signed(&[name]))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, data.len())
            .body(self.http.body(data, &moved));
        let answer = self
            .http
            .exchange(self.http.signed(request, place), &moved)
            .await?;
        Ok(answer.status)
    }
}
