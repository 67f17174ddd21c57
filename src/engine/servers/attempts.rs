//! Failed attempts of uploads: what failed, what a person may try, whether another attempt may help. No requests here.

use crate::wording::Cause;
use natsbridge_wire::SafeText;
use std::error::Error;

/// Cells of a server's own words in an error.
const QUOTED: usize = 160;
/// What to try where the server is the cause and may recover.
pub(super) const LATER: &str = "try again later, or use another file server";

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttemptError {
    /// What happened.
    pub(super) why: Cause,
    /// What a person may try.
    pub(super) advice: &'static str,
    /// Whether it may succeed next time.
    pub(super) heals: bool,
}

impl AttemptError {
    /// An attempt that would fail again.
    pub(super) fn for_good(why: impl Into<Box<dyn Error + Send + Sync>>, advice: &'static str) -> Self {
        Self {
            why: Cause::of(why),
            advice,
            heals: false,
        }
    }

    /// An attempt that was interrupted.
    pub(super) fn on_the_way(why: impl Into<Box<dyn Error + Send + Sync>>, advice: &'static str) -> Self {
        Self {
            heals: true,
            ..Self::for_good(why, advice)
        }
    }

    /// What an answer that is no success means.
    pub(super) fn answered(status: u16, text: &[u8]) -> Self {
        let advice = match status {
            300..=399 => "uploads do not follow redirects: give the target address as --fileserver-url",
            401 | 403 => "it requires other credentials: check the token (--fileserver-token)",
            404 | 405 | 501 => {
                "it is not a file server of this kind: check --fileserver and --fileserver-url"
            }
            409 => "the directory in the address must exist: check --fileserver-url",
            413 => "it does not accept files of this size: raise its limit or send smaller parts",
            507 => "its disk is full: make room there or use another file server",
            429 => LATER,
            500..=599 => {
                "its log says why (perhaps a missing directory): try again later, or use another file server"
            }
            _ => "check --fileserver and --fileserver-url",
        };
        let mut words = quoted(text);
        if !words.is_empty() {
            words = format!(" ({words})");
        }
        Self {
            heals: matches!(status, 429 | 500 | 502..=506 | 508..=599),
            ..Self::for_good(format!("it answered {status}{words}"), advice)
        }
    }
}

/// The words of a foreign server, made safe and short; of a web page its title.
pub(super) fn quoted(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let title = text
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let words: Vec<&str> = title
        .map_or(&*text, |(title, _)| title)
        .split_whitespace()
        .collect();
    SafeText::new(&words.join(" "))
        .truncate_end(QUOTED)
        .as_str()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_quoted_short_and_harmless() {
        let page = AttemptError::answered(502, b"<html><title>Bad\nGateway</title><body>much more");
        assert_eq!(page.why.to_string(), "it answered 502 (Bad Gateway)");
        let failed = AttemptError::answered(500, b"Oh\x1b[31m no\n\n\tnow\xff");
        assert!(
            failed.why.to_string().starts_with("it answered 500 (Oh"),
            "{}",
            failed.why
        );
        assert!(!failed.why.to_string().contains(['\x1b', '\n']));
        let long = AttemptError::answered(400, &vec![b'x'; 60_000]);
        assert!(long.why.to_string().len() < 300, "{}", long.why);
        assert_eq!(
            AttemptError::answered(404, b"").why.to_string(),
            "it answered 404"
        );
    }

    #[test]
    fn row_28_only_what_can_heal_is_tried_again() {
        for (status, heals) in [
            (301, false),
            (307, false),
            (400, false),
            (401, false),
            (403, false),
            (404, false),
            (409, false),
            (413, false),
            (429, true),
            (500, true),
            (502, true),
            (503, true),
            (504, true),
        ] {
            assert_eq!(AttemptError::answered(status, b"").heals, heals, "{status}");
        }
    }
}
