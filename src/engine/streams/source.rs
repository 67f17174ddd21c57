//! Reads a stream's messages by number without a consumer, in the best way that stream and broker support.

use super::api::Api;
use super::error::StreamError;
use super::info::StreamDetails;
use super::stream_message::{NUM_PENDING, Stored, StreamMessage};
use crate::wording::Cause;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

/// Messages requested at once if they must be requested one by one.
const AT_ONCE: u64 = 32;
/// What a stream says that has no such message.
const NO_MESSAGE: &str = "no message found";

/// How messages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Many for one direct get (servers from 2.11 on).
    Batches,
    /// A direct get for each.
    Direct,
    /// A request for each to the stream's leader, where direct gets are not allowed.
    Leader,
}

/// A stream's messages.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) api: Api,
    pub(crate) stream: String,
    pub(super) filter: Option<String>,
    pub(super) way: Way,
}

/// What came for one request for many.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) messages: Vec<StreamMessage>,
    /// Messages that match and come after the first of these.
    pub(super) pending: u64,
    /// Whether the broker refused because there would be too many.
    pub(super) too_many: bool,
}

#[derive(Deserialize)]
struct Got {
    message: Stored,
}

impl Source {
    /// The messages of that stream that `filter` matches.
    pub(super) fn new(api: &Api, stream: &str, described: &StreamDetails, filter: Option<&str>) -> Self {
        let way = match described.config.allow_direct {
            true if api.connection.nats.is_server_compatible(2, 11, 0) => Way::Batches,
            true => Way::Direct,
            false => Way::Leader,
        };
        Self {
            api: api.clone(),
            stream: stream.to_owned(),
            filter: filter.map(str::to_owned),
            way,
        }
    }

    /// The messages of that stream as its leader has them: others may lag behind.
    pub(crate) fn at_leader(api: &Api, stream: &str) -> Self {
        Self {
            api: api.clone(),
            stream: stream.to_owned(),
            filter: None,
            way: Way::Leader,
        }
    }

    /// The next messages from number `from` up to `end`, at least one if there is one.
    pub(super) async fn page(&self, from: u64, end: u64) -> Result<Vec<StreamMessage>, StreamError> {
        if from > end {
            return Ok(vec![]);
        }
        let mut page = if self.way == Way::Batches {
            let limits = &self.api.connection.limits;
            let mut request = json!({
                "seq": from, "batch": limits.history_batch, "max_bytes": limits.history_batch_bytes
            });
            self.add_filter(&mut request);
            match self.batch(&request).await {
                Ok(batch) => batch.messages,
                Err(error) if error.passes() => {
                    self.careful().await.window(from, end).await.map_err(|_| error)?
                }
                Err(error) => return Err(error),
            }
        } else {
            self.window(from, end).await?
        };
        page.retain(|message| message.sequence <= end);
        Ok(page)
    }

    /// The first message from number `from` on.
    pub(crate) async fn first(&self, from: u64) -> Result<Option<StreamMessage>, StreamError> {
        let filter = self.filter.as_deref().unwrap_or(">");
        self.get(&json!({"seq": from, "next_by_subj": filter})).await
    }

    /// The one message that `request` describes.
    pub(crate) async fn get(&self, request: &Value) -> Result<Option<StreamMessage>, StreamError> {
        if self.way == Way::Leader {
            let what = format!("STREAM.MSG.GET.{}", self.stream);
            return match self.api.ask::<Got>(&what, request).await {
                Ok(got) => {
                    Ok(StreamMessage::from_stored(&self.stream, got.message)
                        .filter(|got| follows(got, request)))
                }
                Err(StreamError::Failed { why, .. }) if why.to_string() == NO_MESSAGE => Ok(None),
                Err(error) => Err(error),
            };
        }
        let message = match self.api.request(&self.direct(), request).await {
            Ok(message) => message,
            Err(error) if error.passes() => {
                let careful = self.careful().await;
                return Box::pin(careful.get(request)).await.map_err(|_| error);
            }
            Err(error) => return Err(error),
        };
        match message.status.map(|status| status.as_u16()) {
            Some(404) => Ok(None),
            Some(status) => Err(self.status(status, message.description.as_deref())),
            None => Ok(StreamMessage::from_direct(&message).filter(|got| follows(got, request))),
        }
    }

    /// The messages that a request for a batch describes.
    pub(super) async fn batch(&self, request: &Value) -> Result<Batch, StreamError> {
        let what = self.direct();
        let mut answers = self.api.many(&what, request).await?;
        let limits = &self.api.connection.limits;
        let mut batch = Batch::default();
        // A broker that never ends the batch is not listened to forever.
        let (mut came, mut bytes) = (0, 0);
        while came < limits.history_batch && bytes < limits.history_batch_bytes {
            let message = self.api.next(&what, &mut answers).await?;
            came += 1;
            bytes += message.length;
            match message.status.map(|status| status.as_u16()) {
                None => {
                    let pending = message
                        .headers
                        .as_ref()
                        .and_then(|headers| headers.get_last(NUM_PENDING));
                    let pending = pending.and_then(|value| value.as_str().parse().ok());
                    if batch.messages.is_empty() {
                        batch.pending = pending.unwrap_or_default();
                    }
                    let captured = StreamMessage::from_direct(&message);
                    batch
                        .messages
                        .extend(captured.filter(|got| follows(got, request)));
                    // An older server behind the one we talk to: it knows no batches and says no end.
                    if pending.is_none() {
                        return Ok(batch);
                    }
                }
                Some(204 | 404) => return Ok(batch),
                Some(413) => {
                    batch.too_many = true;
                    return Ok(batch);
                }
                Some(status) => return Err(self.status(status, message.description.as_deref())),
            }
        }
        Ok(batch)
    }

    /// The messages of the same stream that another filter matches.
    pub(crate) fn filtered(&self, filter: Option<String>) -> Self {
        Self {
            filter,
            ..self.clone()
        }
    }

    /// Narrows a request to the subjects wanted.
    pub(super) fn add_filter(&self, request: &mut Value) {
        if let Some(filter) = &self.filter {
            request["next_by_subj"] = json!(filter);
        }
    }

    /// Reads in a way that the client survives whatever is in a message: a malformed header breaks its connection,
    /// and the response never arrives. The leader returns messages as base64.
    async fn careful(&self) -> Self {
        self.api.connection.wait_until_up().await;
        Self {
            way: Way::Leader,
            ..self.clone()
        }
    }

    /// One by one, but several on their way. The first is searched for, so that a gap of any width costs one request.
    async fn window(&self, from: u64, end: u64) -> Result<Vec<StreamMessage>, StreamError> {
        let Some(head) = self.first(from).await? else {
            return Ok(vec![]);
        };
        let next = head.sequence + 1;
        let mut page = vec![head];
        // With a filter the next number is not known.
        if self.filter.is_none() {
            let rest = stream::iter(next..=end.min(next + AT_ONCE - 1));
            let rest = rest.map(async |sequence| self.get(&json!({"seq": sequence})).await);
            let rest: Vec<_> = rest.buffered(AT_ONCE as usize).try_collect().await?;
            page.extend(rest.into_iter().flatten());
        }
        Ok(page)
    }

    fn direct(&self) -> String {
        format!("DIRECT.GET.{}", self.stream)
    }

    fn status(&self, status: u16, description: Option<&str>) -> StreamError {
        match status {
            503 => self.api.nobody(),
            _ => self.api.failed(
                &self.direct(),
                Cause::of(description.unwrap_or("no reason given")),
            ),
        }
    }
}

/// Whether a message can be the response to a request: an earlier one than requested would be requested again and
/// again.
fn follows(message: &StreamMessage, request: &Value) -> bool {
    request["seq"]
        .as_u64()
        .is_none_or(|from| message.sequence >= from)
}
