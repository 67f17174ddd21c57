//! How a message is sent: as a message or a request, how often, how fast. Kept as typed, parsed when it is sent.

use super::field::Field;
use natsbridge_engine::{RequestOptions, SendMode};
use natsbridge_wire::{duration, rate};
use std::time::Duration;

/// How a message is sent, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendSettings {
    /// Whether answers are waited for.
    pub request: bool,
    /// How long.
    pub timeout: String,
    /// For how many.
    pub replies: String,
    /// How many messages; empty is one.
    pub count: String,
    /// How fast; if empty, the next is sent as soon as the last is done.
    pub rate: String,
}

impl Default for SendSettings {
    fn default() -> Self {
        Self {
            request: false,
            timeout: "5s".into(),
            replies: "1".into(),
            count: String::new(),
            rate: String::new(),
        }
    }
}

/// The settings, parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendTimes {
    /// Whether answers are waited for.
    pub mode: SendMode,
    /// How many messages.
    pub count: u64,
    /// Time from one to the next.
    pub every: Option<Duration>,
}

impl SendSettings {
    /// Parses the settings; the error names the first invalid field, with a sentence.
    pub fn read(&self) -> Result<SendTimes, (Field, String)> {
        let mode = if self.request {
            let timeout = duration(typed_or(&self.timeout, "5s"));
            let timeout = timeout.map_err(|why| (Field::Timeout, why.to_string()))?;
            let advice = "the number of replies, or 0 for all that come in time";
            let replies = typed_or(&self.replies, "1").parse();
            let replies = replies.map_err(|_| (Field::Replies, advice.to_owned()))?;
            SendMode::Request(RequestOptions { timeout, replies })
        } else {
            SendMode::Send
        };
        let count = typed_or(&self.count, "1").replace([',', ' '], "").parse().ok();
        let count = count.filter(|count| *count > 0);
        let advice = "the number of messages, 1 or more";
        let count = count.ok_or_else(|| (Field::Count, advice.to_owned()))?;
        let every = match self.rate.trim() {
            "" => None,
            text => Some(rate(text).map_err(|why| (Field::Rate, why.to_string()))?),
        };
        Ok(SendTimes { mode, count, every })
    }

    /// How it is sent, beyond once and immediately, in a few words; otherwise empty.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if self.request {
            let replies = match self.replies.trim() {
                "" | "1" => "1 reply".to_owned(),
                "0" => "all replies".to_owned(),
                more => format!("{more} replies"),
            };
            words.push(format!("waits {} for {replies}", self.timeout.trim()));
        }
        if !matches!(self.count.trim(), "" | "1") {
            words.push(format!("{} times", self.count.trim()));
        }
        if !self.rate.trim().is_empty() {
            words.push(self.rate.trim().to_owned());
        }
        words.join(" · ")
    }
}

fn typed_or<'t>(text: &'t str, default: &'t str) -> &'t str {
    match text.trim() {
        "" => default,
        typed => typed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_and_what_cannot_be_names_its_field() {
        let mut settings = SendSettings::default();
        let once = SendTimes {
            mode: SendMode::Send,
            count: 1,
            every: None,
        };
        assert_eq!(settings.read(), Ok(once));
        settings.request = true;
        settings.timeout = "500ms".into();
        settings.count = "1,000".into();
        settings.rate = "10/s".into();
        let mode = SendMode::Request(RequestOptions {
            timeout: Duration::from_millis(500),
            replies: 1,
        });
        let every = Some(Duration::from_millis(100));
        assert_eq!(
            settings.read(),
            Ok(SendTimes {
                mode,
                count: 1000,
                every
            })
        );
        assert_eq!(settings.words(), "waits 500ms for 1 reply · 1,000 times · 10/s");
        for (field, change) in [
            (
                Field::Timeout,
                SendSettings {
                    timeout: "soon".into(),
                    ..settings.clone()
                },
            ),
            (
                Field::Replies,
                SendSettings {
                    replies: "-1".into(),
                    ..settings.clone()
                },
            ),
            (
                Field::Count,
                SendSettings {
                    count: "0".into(),
                    ..settings.clone()
                },
            ),
            (
                Field::Rate,
                SendSettings {
                    rate: "fast".into(),
                    ..settings.clone()
                },
            ),
        ] {
            assert_eq!(change.read().map_err(|(field, _)| field), Err(field));
        }
    }
}
