//! A message on its way out: what can be said of it without a broker. Sending it is the connection's matter.

use super::error::ConnectionError;
use crate::subjects::check_subject;
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use natsbridge_wire::Limits;

/// One message to send.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outgoing<'a> {
    /// Subject, without wildcards.
    pub subject: &'a str,
    /// NATS reply subject.
    pub reply: Option<&'a str>,
    /// Headers in order.
    pub headers: &'a [(String, String)],
    /// Payload.
    pub payload: &'a [u8],
}

impl Outgoing<'_> {
    /// Whether it can be sent, as far as that is known without a broker; the error says why not.
    pub fn check(&self, limits: &Limits) -> Result<(), ConnectionError> {
        check_subject(self.subject)?;
        let reply = self.wanted_reply().unwrap_or_default();
        if !reply.is_empty() {
            check_subject(reply).map_err(ConnectionError::BadReply)?;
        }
        let (bytes, most) = (self.subject.len() + reply.len(), limits.control_line);
        if bytes > most {
            return Err(ConnectionError::LongSubjects { bytes, most });
        }
        header_map(self.headers).map(|_| ())
    }

    /// Its bytes, headers counted.
    pub(super) fn size(&self) -> usize {
        self.payload.len() + wire_length(self.headers)
    }

    /// The reply subject; an empty one is none.
    pub(super) fn wanted_reply(&self) -> Option<&str> {
        self.reply.filter(|reply| !reply.is_empty())
    }
}

/// The headers as the client takes them.
pub(super) fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, ConnectionError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        match (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            (Ok(header), Ok(value)) if !name.is_empty() => map.append(header, value),
            _ => return Err(ConnectionError::BadHeader(name.clone())),
        }
    }
    Ok(map)
}

/// Bytes of a header block on the wire.
pub(crate) fn wire_length(headers: &[(String, String)]) -> usize {
    if headers.is_empty() {
        return 0;
    }
    let lines = headers.iter().map(|(name, value)| name.len() + value.len() + 4);
    12 + lines.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(subject: &str, reply: Option<&str>) -> Result<(), ConnectionError> {
        let message = Outgoing {
            subject,
            reply,
            ..Outgoing::default()
        };
        message.check(&Limits::DEFAULT)
    }

    #[test]
    fn reply_subjects_that_would_end_the_connection_are_refused() {
        for reply in ["x y", "a.*", "x 3\r\nabc\r\nPUB evil.injected", "a..b"] {
            let why = check("a", Some(reply)).unwrap_err().to_string();
            assert!(why.contains("reply subject"), "{why}");
        }
        for reply in [None, Some(""), Some("_INBOX.x.1"), Some("$JS.ACK.S.C.1")] {
            assert_eq!(check("a", reply), Ok(()));
        }
    }

    #[test]
    fn what_does_not_fit_the_brokers_line_is_refused() {
        let half = "x".repeat(Limits::DEFAULT.control_line / 2);
        assert_eq!(check(&half, Some(&half)), Ok(()));
        let why = check(&half, Some(&(half.clone() + "y"))).unwrap_err().to_string();
        assert!(why.contains("brokers accept"), "{why}");
        assert!(check(&half.repeat(3), None).is_err());
    }

    #[test]
    fn headers_that_would_break_peers_are_refused() {
        let header = |name: &str, value: &str| header_map(&[(name.into(), value.into())]);
        assert!(header("K", "v: w").is_ok());
        for (name, value) in [
            ("", "v"),
            ("a b", "v"),
            ("a:b", "v"),
            ("K", "v\rw"),
            ("K", "v\nw"),
        ] {
            assert!(header(name, value).is_err(), "{name:?} {value:?}");
        }
    }
}
