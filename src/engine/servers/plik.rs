//! Plik, upstream's default: an upload is created, the file is added to it, and its link is made of three names.

use super::address::{Place, file_name};
use super::attempts::{AttemptError, quoted, tried};
use super::body_stream::BodyProgress;
use super::contract::{FileServer, UploadFuture, UploadResult};
use super::exchange::{Answer, Http};
use crate::http::Progress;
use natsbridge_wire::Blob;
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
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

impl FileServer for Plik {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        Box::pin(async move {
            let place = Place::parse(fileserver_url)?;
            let one_try = || self.once(&place, dataname, &data, progress);
            tried(&self.http.limits, dataname, &place, one_try).await
        })
    }
}

impl Plik {
    async fn once(
        &self,
        place: &Place,
        dataname: &str,
        data: &Blob,
        progress: &Progress,
    ) -> Result<UploadResult, AttemptError> {
        let client = self.http.client()?;
        let request = client
            .post(place.link(&["upload"]))
            .json(&serde_json::json!({ "oneShot": self.one_shot }));
        let nothing = BodyProgress::of(&Blob::default(), progress);
        let opened = self.http.exchange(self.signed(request, place), &nothing).await?;
        let opened: Opened = understood(&opened)?;

        let moved = BodyProgress::of(data, progress);
        let part = Part::stream_with_length(self.http.body(data, &moved), data.len());
        let form = Form::new().part("file", part.file_name(file_name(dataname)));
        let mut request = client.post(place.link(&["file", &opened.id])).multipart(form);
        if !opened.upload_token.is_empty() {
            request = request.header("X-UploadToken", &opened.upload_token);
        }
        let answer = self.http.exchange(self.signed(request, place), &moved).await?;
        let stored: Stored = understood(&answer).inspect_err(|_| moved.forget())?;
        if let Some(size) = stored.file_size.filter(|size| *size != data.len()) {
            moved.forget();
            let why = format!("it reports {size} bytes instead of {}", data.len());
            return Err(AttemptError::on_the_way(
                why,
                "try again later, or use another file server",
            ));
        }
        Ok(UploadResult {
            status: answer.status,
            url: place.link(&["file", &opened.id, &stored.id, &stored.file_name]),
            uploadid: opened.id,
            fileid: stored.id,
        })
    }

    /// Plik has its own header for user tokens; a proxy in front of it may want the usual one.
    fn signed(&self, request: RequestBuilder, place: &Place) -> RequestBuilder {
        let request = match &self.http.token {
            Some(token) => request.header("X-PlikToken", token.expose()),
            None => request,
        };
        self.http.signed(request, place)
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
