//! Plik, upstream's default: an upload is created, the file is added to it, and its link is made of three names.

use super::attempts::{AttemptError, LATER, quoted};
use super::body_stream::BodyProgress;
use super::contract::UploadResult;
use super::exchange::{Answer, Http};
use super::upload::{Backend, Upload};
use crate::http::Progress;
use natsbridge_wire::Blob;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, RequestBuilder};
use serde::Deserialize;

/// Uploads to a Plik server.
#[derive(Debug)]
pub(super) struct Plik {
    pub(super) http: Http,
    /// Whether the first download consumes the file.
    pub(super) one_shot: bool,
}

/// The upload that a server made.
#[derive(Deserialize)]
struct Opened {
    id: String,
    #[serde(default, rename = "uploadToken")]
    upload_token: String,
}

/// The file that a server has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    id: String,
    file_name: String,
    file_size: Option<u64>,
}

impl Backend for Plik {
    async fn store(&self, upload: &Upload<'_>, body: &BodyProgress) -> Result<UploadResult, AttemptError> {
        let (address, size) = (&upload.address, upload.data.len());
        let client = self.http.client(upload.limits)?;
        let request = client
            .post(address.link(&["upload"]))
            .json(&serde_json::json!({ "oneShot": self.one_shot }));
        let nothing = BodyProgress::of(&Blob::default(), &Progress::default());
        let opened = self.exchange(request, upload, &nothing).await?;
        let opened: Opened = understood(&opened)?;

        let part = Part::stream_with_length(Body::wrap_stream(upload.pieces(body)), size);
        let form = Form::new().part("file", part.file_name(upload.name.clone()));
        let mut request = client.post(address.link(&["file", &opened.id])).multipart(form);
        if !opened.upload_token.is_empty() {
            request = request.header("X-UploadToken", &opened.upload_token);
        }
        let answer = self.exchange(request, upload, body).await?;
        let stored: Stored = understood(&answer)?;
        if let Some(reported) = stored.file_size.filter(|reported| *reported != size) {
            let why = format!("it reports {reported} bytes instead of {size}");
            return Err(AttemptError::on_the_way(why, LATER));
        }
        Ok(UploadResult {
            status: answer.status,
            url: address.link(&["file", &opened.id, &stored.id, &stored.file_name]),
            uploadid: opened.id,
            fileid: stored.id,
        })
    }
}

impl Plik {
    /// Plik has its own header for user tokens; a proxy in front of it may want the usual one.
    async fn exchange(
        &self,
        mut request: RequestBuilder,
        upload: &Upload<'_>,
        body: &BodyProgress,
    ) -> Result<Answer, AttemptError> {
        if let Some(token) = &self.http.token {
            request = request.header("X-PlikToken", token.expose());
        }
        self.http.exchange(request, upload, body).await
    }
}

/// Interprets the response; anything else means that it is not a Plik server.
fn understood<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<T, AttemptError> {
    serde_json::from_slice(&answer.text).map_err(|_| {
        AttemptError::for_good(
            format!("its response is not Plik's ({})", quoted(&answer.text)),
            "it is not a Plik server: check --fileserver and --fileserver-url",
        )
    })
}
