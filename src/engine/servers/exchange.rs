//! One HTTP request with its response: streamed, watched for stalls, the response read up to a limit.

use super::address::Place;
use super::attempts::AttemptError;
use super::body_stream::{BodyProgress, pieces};
use crate::connect::Secret;
use crate::http::client as http;
use crate::wording::{causes, root};
use natsbridge_wire::{Blob, Limits};
use reqwest::{Body, Client, RequestBuilder, Response};
use std::error::Error;
use std::sync::OnceLock;

/// Advice if there was no response.
const UNREACHED: &str = "start a file server there (natsbridge serve), or name another with --fileserver-url";

/// Sends requests; the client is made with the first.
#[derive(Debug, Default)]
pub(super) struct Http {
    pub(super) limits: Limits,
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
    pub(super) fn new(limits: Limits, token: Option<Secret>) -> Self {
        Self {
            limits,
            token,
            client: OnceLock::new(),
        }
    }

    /// The client that requests are built with.
    pub(super) fn client(&self) -> Result<&Client, AttemptError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = http::client(&self.limits)
            .map_err(|error| AttemptError::for_good(error, "check this machine's certificates"))?;
        Ok(self.client.get_or_init(|| client))
    }

    /// A payload as the body of a request.
    pub(super) fn body(&self, data: &Blob, moved: &BodyProgress) -> Body {
        Body::wrap_stream(pieces(data, self.limits.upload_piece, moved))
    }

    /// Says who we are: the token, else what stood in the address.
    pub(super) fn signed(&self, request: RequestBuilder, place: &Place) -> RequestBuilder {
        match (&self.token, place.user()) {
            (Some(token), _) => request.bearer_auth(token.expose()),
            (None, Some((user, password))) => request.basic_auth(user, Some(password)),
            (None, None) => request,
        }
    }

    /// Sends a request and gives a successful answer.
    pub(super) async fn exchange(
        &self,
        request: RequestBuilder,
        moved: &BodyProgress,
    ) -> Result<Answer, AttemptError> {
        let answering = async {
            let response = request.send().await?;
            self.answer(response).await
        };
        let answer = tokio::select! {
            answer = answering => answer.map_err(|error| broke(&error, moved)),
            failed = self.standstill(moved) => Err(failed),
        };
        let answer = answer.and_then(|answer| match answer.status {
            200..300 => Ok(answer),
            status => Err(AttemptError::answered(status, &answer.text)),
        });
        answer.inspect_err(|_| moved.forget())
    }

    async fn answer(&self, mut response: Response) -> Result<Answer, reqwest::Error> {
        let (status, most) = (response.status().as_u16(), self.limits.answer_bytes);
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
    async fn standstill(&self, moved: &BodyProgress) -> AttemptError {
        let limits = &self.limits;
        let least = (limits.upload_window.as_secs_f64() * limits.upload_rate as f64) as u64;
        let mut before = moved.taken();
        while !moved.is_whole() {
            tokio::time::sleep(limits.upload_window).await;
            let now = moved.taken();
            if now.saturating_sub(before) < least && !moved.is_whole() {
                let why = format!(
                    "it accepted {} bytes in {} s",
                    now.saturating_sub(before),
                    limits.upload_window.as_secs_f64()
                );
                return AttemptError::on_the_way(why, "try again later, or use another file server");
            }
            before = now;
        }
        tokio::time::sleep(limits.upload_answer).await;
        let why = format!(
            "it did not answer within {} s",
            limits.upload_answer.as_secs_f64()
        );
        AttemptError::on_the_way(why, "try again later, or use another file server")
    }
}

/// Why there is no answer.
fn broke(error: &reqwest::Error, moved: &BodyProgress) -> AttemptError {
    if let Some(why) = moved.unreadable() {
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
