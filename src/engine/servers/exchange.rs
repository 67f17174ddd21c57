//! One HTTP request with its response: streamed, watched for stalls, the response read up to a limit.

use super::attempts::{AttemptError, LATER};
use super::body_stream::BodyProgress;
use super::upload::Upload;
use crate::connect::Secret;
use crate::http::client as http;
use crate::wording::{causes, root};
use natsbridge_wire::Limits;
use reqwest::{Client, RequestBuilder, Response};
use std::error::Error;
use std::sync::OnceLock;

/// Advice if there was no response.
const UNREACHED: &str = "start a file server there (natsbridge serve), or name another with --fileserver-url";

/// Sends requests; the client is made with the first.
#[derive(Debug, Default)]
pub(super) struct Http {
    pub(super) token: Option<Secret>,
    client: OnceLock<Client>,
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Its first bytes.
    pub(super) text: Vec<u8>,
}

impl Http {
    pub(super) fn new(token: Option<Secret>) -> Self {
        Self {
            token,
            ..Self::default()
        }
    }

    /// The client that requests are built with.
    pub(super) fn client(&self, limits: &Limits) -> Result<&Client, AttemptError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = http::client(limits)
            .map_err(|error| AttemptError::for_good(error, "check this machine's certificates"))?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Sends a request and gives a successful answer. Says who we are: by the token, else by what stood in the address.
    pub(super) async fn exchange(
        &self,
        request: RequestBuilder,
        upload: &Upload<'_>,
        body: &BodyProgress,
    ) -> Result<Answer, AttemptError> {
        let request = match (&self.token, &upload.address.user) {
            (Some(token), _) => request.bearer_auth(token.expose()),
            (None, Some((user, password))) => request.basic_auth(user, Some(password)),
            (None, None) => request,
        };
        let answering = async {
            let response = request.send().await?;
            answer(response, upload.limits.answer_bytes).await
        };
        let answer = tokio::select! {
            answer = answering => answer.map_err(|error| broke(&error, body))?,
            failed = standstill(body, upload.limits) => return Err(failed),
        };
        match answer.status {
            200..300 => Ok(answer),
            status => Err(AttemptError::answered(status, &answer.text)),
        }
    }
}

async fn answer(mut response: Response, most: usize) -> Result<Answer, reqwest::Error> {
    let status = response.status().as_u16();
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        text.extend_from_slice(&chunk[..chunk.len().min(most - text.len())]);
        if text.len() == most {
            break;
        }
    }
    Ok(Answer { status, text })
}

/// Waits until the upload is too slow to be worth waiting for, or a complete one gets no response.
async fn standstill(body: &BodyProgress, limits: &Limits) -> AttemptError {
    let least = (limits.upload_window.as_secs_f64() * limits.upload_rate as f64) as u64;
    let mut before = body.taken();
    while !body.is_whole() {
        tokio::time::sleep(limits.upload_window).await;
        let now = body.taken();
        let came = now.saturating_sub(before);
        if came < least && !body.is_whole() {
            let seconds = limits.upload_window.as_secs_f64();
            return AttemptError::on_the_way(format!("it accepted {came} bytes in {seconds} s"), LATER);
        }
        before = now;
    }
    tokio::time::sleep(limits.upload_answer).await;
    let seconds = limits.upload_answer.as_secs_f64();
    AttemptError::on_the_way(format!("it did not answer within {seconds} s"), LATER)
}

/// Why there is no answer.
fn broke(error: &reqwest::Error, body: &BodyProgress) -> AttemptError {
    if let Some(why) = body.unreadable() {
        return AttemptError::for_good(
            format!("the payload cannot be read ({why})"),
            "do not change its file until it is sent",
        );
    }
    let why = root(error);
    if causes(error).any(<dyn Error>::is::<rustls::Error>) {
        let why = format!("no secure connection could be made ({why})");
        return AttemptError::for_good(why, "check the file server's certificates");
    }
    let why = match error.is_connect() {
        true if error.is_timeout() => "the connection timed out".to_owned(),
        true => format!("it cannot be reached ({why})"),
        false => format!("the connection was interrupted ({why})"),
    };
    if error.is_builder() {
        return AttemptError::for_good(why, "check --fileserver-url");
    }
    AttemptError::on_the_way(why, UNREACHED)
}
