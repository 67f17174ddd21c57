//! Finds the sequence number to start reading at.

use super::error::StreamError;
use super::info::State;
use super::request::Start;
use super::source::{Source, Way};
use super::stream_message::StreamMessage;
use jiff::Timestamp;
use serde_json::json;
use std::ops::Range;

/// The number to start at; one past the last where nothing matches.
pub(super) async fn first_number(source: &Source, start: &Start, state: &State) -> Result<u64, StreamError> {
    match start {
        Start::First | Start::LastPerSubject => Ok(state.first_seq),
        Start::Sequence(sequence) => Ok((*sequence).max(state.first_seq)),
        Start::Time(at) => since(source, *at, state).await,
        Start::Newest(count) => newest(source, *count, state).await,
    }
}

/// The last message on a subject.
pub(super) async fn last_on(
    source: &Source,
    subject: String,
    state: &State,
) -> Result<Option<StreamMessage>, StreamError> {
    let last = source.get(&json!({"last_by_subj": subject})).await?;
    if last.is_some() {
        return Ok(last);
    }
    // Servers of 2.9 do not find it where a later one on the same subject was deleted.
    let subject = source.filtered(Some(subject));
    subject.first(newest(&subject, 1, state).await?).await
}

async fn since(source: &Source, at: Timestamp, state: &State) -> Result<u64, StreamError> {
    if source.way == Way::Batches {
        let request = json!({"start_time": at.to_string(), "batch": 1});
        let batch = source.batch(&request).await?;
        let first = batch.messages.first();
        return Ok(first.map_or(state.last_seq + 1, |message| message.sequence));
    }
    let all = source.filtered(None);
    let mut range = state.first_seq..state.last_seq + 1;
    while !range.is_empty() {
        let middle = middle(&range);
        match all.first(middle).await? {
            Some(message) if message.at < at => range.start = message.sequence + 1,
            _ => range.end = middle,
        }
    }
    Ok(range.start)
}

async fn newest(source: &Source, count: u64, state: &State) -> Result<u64, StreamError> {
    let range = state.first_seq..state.last_seq + 1;
    let without_gaps = state.messages == range.end - range.start;
    if count == 0 {
        Ok(range.end)
    } else if source.filter.is_none() && without_gaps {
        Ok(range.start.max(range.end.saturating_sub(count)))
    } else if source.way == Way::Batches {
        newest_by_pending(source, count, range).await
    } else {
        newest_by_counting(source, count, range).await
    }
}

/// The broker reports how many messages follow one: the first with few enough is searched for.
async fn newest_by_pending(source: &Source, count: u64, mut range: Range<u64>) -> Result<u64, StreamError> {
    while !range.is_empty() {
        let middle = middle(&range);
        let mut request = json!({"seq": middle, "batch": 1});
        source.add_filter(&mut request);
        let batch = source.batch(&request).await?;
        match batch.messages.first() {
            Some(message) if batch.pending >= count => range.start = message.sequence + 1,
            _ => range.end = middle,
        }
    }
    Ok(range.start)
}

/// An older broker does not: windows are counted backwards from the end, each twice as wide.
async fn newest_by_counting(source: &Source, count: u64, range: Range<u64>) -> Result<u64, StreamError> {
    let (mut missing, mut width, mut high) = (count, count, range.end);
    while high > range.start {
        let low = high.saturating_sub(width).max(range.start);
        let mut sequences = Vec::new();
        let mut from = low;
        loop {
            let page = source.page(from, high - 1).await?;
            let Some(last) = page.last() else { break };
            from = last.sequence + 1;
            sequences.extend(page.iter().map(|message| message.sequence));
        }
        let here = sequences.len() as u64;
        if here >= missing {
            return Ok(sequences[(here - missing) as usize]);
        }
        missing -= here;
        width = width.saturating_mul(2);
        high = low;
    }
    Ok(range.start)
}

fn middle(range: &Range<u64>) -> u64 {
    range.start + (range.end - range.start) / 2
}
