//! Finds the sequence number to start reading at.

use super::error::StreamError;
use super::info::State;
use super::request::Start;
use super::source::{Source, Way};
use super::stream_message::StreamMessage;
use jiff::Timestamp;
use serde_json::json;

impl Source {
    /// The number to start at; one past the last where nothing matches.
    pub(super) async fn start(&self, start: &Start, state: &State) -> Result<u64, StreamError> {
        match start {
            Start::First | Start::LastPerSubject => Ok(state.first_seq),
            Start::Sequence(sequence) => Ok((*sequence).max(state.first_seq)),
            Start::Time(at) => self.since(*at, state).await,
            Start::Newest(count) => self.newest(*count, state).await,
        }
    }

    /// The last message on a subject.
    pub(super) async fn last(
        &self,
        subject: String,
        state: &State,
    ) -> Result<Option<StreamMessage>, StreamError> {
        let last = self.get(&json!({"last_by_subj": subject})).await?;
        if last.is_some() {
            return Ok(last);
        }
        // Servers of 2.9 do not find it where a later one on the same subject was deleted.
        let subject = Self {
            filter: Some(subject),
            ..self.clone()
        };
        subject.first(subject.newest(1, state).await?).await
    }

    async fn since(&self, at: Timestamp, state: &State) -> Result<u64, StreamError> {
        if self.way == Way::Batches {
            let batch = self
                .batch(&json!({"start_time": at.to_string(), "batch": 1}))
                .await?;
            return Ok(batch
                .messages
                .first()
                .map_or(state.last_seq + 1, |message| message.sequence));
        }
        let all = Self {
            filter: None,
            ..self.clone()
        };
        let (mut low, mut high) = (state.first_seq, state.last_seq + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match all.first(middle).await? {
                Some(message) if message.at < at => low = message.sequence + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    async fn newest(&self, count: u64, state: &State) -> Result<u64, StreamError> {
        let (first, past) = (state.first_seq, state.last_seq + 1);
        let without_gaps = state.messages == past - first;
        if count == 0 {
            Ok(past)
        } else if self.filter.is_none() && without_gaps {
            Ok(first.max(past.saturating_sub(count)))
        } else if self.way == Way::Batches {
            self.newest_by_pending(count, first, past).await
        } else {
            self.newest_by_counting(count, first, past).await
        }
    }

    /// The broker reports how many messages follow one: the first with few enough is searched for.
    async fn newest_by_pending(&self, count: u64, first: u64, past: u64) -> Result<u64, StreamError> {
        let (mut low, mut high) = (first, past);
        while low < high {
            let middle = low + (high - low) / 2;
            let mut request = json!({"seq": middle, "batch": 1});
            self.add_filter(&mut request);
            let batch = self.batch(&request).await?;
            match batch.messages.first() {
                Some(message) if batch.pending >= count => low = message.sequence + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// An older broker does not: windows are counted backwards from the end, each twice as wide.
    async fn newest_by_counting(&self, count: u64, first: u64, past: u64) -> Result<u64, StreamError> {
        let (mut missing, mut width, mut high) = (count, count, past);
        while high > first {
            let low = high.saturating_sub(width).max(first);
            let mut sequences = Vec::new();
            let mut from = low;
            loop {
                let page = self.page(from, high - 1).await?;
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
        Ok(first)
    }
}
