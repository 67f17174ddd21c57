//! JetStream's information about streams: one, or all of them.

use super::api::Api;
use super::error::StreamError;
use super::facts::{LAST, StreamInfo};
use crate::clock;
use crate::connection::Connection;
use crate::wording::Cause;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// A stream as `STREAM.INFO` and `STREAM.LIST` describe it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StreamDetails {
    pub(super) config: Config,
    /// Tells a stream from an earlier one of its name.
    pub(super) created: String,
    pub(super) state: State,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Config {
    name: String,
    #[serde(default)]
    subjects: Option<Vec<String>>,
    #[serde(default)]
    retention: String,
    #[serde(default)]
    pub(super) allow_direct: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct State {
    pub(super) messages: u64,
    bytes: u64,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    #[serde(default)]
    pub(super) subjects: Option<BTreeMap<String, u64>>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    total: usize,
    #[serde(default)]
    streams: Option<Vec<StreamDetails>>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    streams: Option<Vec<String>>,
}

impl StreamDetails {
    /// Whether reading it through a consumer would take messages from others.
    pub(super) fn consuming(&self) -> bool {
        self.config.retention != "limits"
    }

    pub(super) fn facts(self) -> StreamInfo {
        StreamInfo {
            consuming: self.consuming(),
            name: self.config.name,
            subjects: self.config.subjects.unwrap_or_default(),
            messages: self.state.messages,
            bytes: self.state.bytes,
            sequences: (self.state.first_seq, self.state.last_seq),
        }
    }
}

/// Information about one stream, with the subjects that a filter matches if one is given; the error for a missing one
/// lists those that exist.
pub(super) async fn describe(
    api: &Api,
    stream: &str,
    filter: Option<&str>,
) -> Result<StreamDetails, StreamError> {
    let unknown = |known| StreamError::Unknown {
        stream: stream.to_owned(),
        address: api.address(),
        known,
    };
    // The text in a request's subject must not change which request it is.
    let no_name = stream.is_empty()
        || stream.contains(['.', '*', '>', ' ', '/', '\\'])
        || stream.contains(char::is_control);
    let asked = format!("STREAM.INFO.{stream}");
    let body = filter.map_or_else(|| json!({}), |filter| json!({"subjects_filter": filter}));
    let described = if no_name {
        Err(unknown(vec![]))
    } else {
        api.ask::<StreamDetails>(&asked, &body).await
    };
    match described {
        Err(StreamError::Unknown { .. }) => Err(unknown(names(api, None).await?)),
        // All arithmetic on sequence numbers relies on this.
        Ok(StreamDetails { state, .. }) if state.last_seq > LAST || state.first_seq > state.last_seq + 1 => {
            let (first, last) = (state.first_seq, state.last_seq);
            let why = format!("it claims the sequence numbers {first} to {last}");
            Err(api.failed(&asked, Cause::of(why)))
        }
        described => described,
    }
}

/// Names of streams, the first thousand; of those that capture `subject`, if one is given.
pub(super) async fn names(api: &Api, subject: Option<&str>) -> Result<Vec<String>, StreamError> {
    let body = subject.map_or_else(|| json!({}), |subject| json!({"subject": subject}));
    let named: Named = api.ask("STREAM.NAMES", &body).await?;
    Ok(named.streams.unwrap_or_default())
}

/// The streams of the account by name, as many as [`Limits::streams`](natsbridge_wire::Limits::streams) allows, and how
/// many there are.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{ConnectOptions, Connection, list_streams};
/// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
/// let (streams, total) = list_streams(&connection).await?;
/// for stream in &streams {
///     println!("{} holds {} messages", stream.name, stream.messages);
/// }
/// println!("{} of {total}", streams.len());
/// # Ok(()) }
/// ```
pub async fn list_streams(connection: &Connection) -> Result<(Vec<StreamInfo>, usize), StreamError> {
    let (api, most) = (Api::over(connection), connection.limits.streams);
    let mut streams = Vec::new();
    loop {
        let listed: Listed = api.ask("STREAM.LIST", &json!({"offset": streams.len()})).await?;
        let page = listed.streams.unwrap_or_default();
        let done = page.is_empty();
        streams.extend(page.into_iter().map(StreamDetails::facts));
        if done || streams.len() >= listed.total.min(most) {
            let total = listed.total.max(streams.len());
            streams.truncate(most);
            streams.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok((streams, total));
        }
    }
}

#[derive(Deserialize)]
struct Clocked {
    #[serde(default)]
    ts: Option<jiff::Timestamp>,
}

/// How far the broker's clock is ahead of ours, in microseconds; `None` where there is no stream that tells its time.
pub async fn clock_ahead(connection: &Connection) -> Result<Option<i64>, StreamError> {
    let api = Api::over(connection);
    let Some(stream) = names(&api, None).await?.into_iter().next() else {
        return Ok(None);
    };
    let asked = clock::now_us();
    let told: Clocked = api.ask(&format!("STREAM.INFO.{stream}"), &json!({})).await?;
    let between = asked.midpoint(clock::now_us());
    Ok(told.ts.map(|theirs| theirs.as_microsecond() - between))
}
