//! What headers and subjects tell of a message beside its envelope: markers of key-value and object stores, and answers
//! that say no.

use super::row::StoredMessage;
use crate::timeline::SERVICE_ERROR;
use memchr::memmem;
use natsbridge_wire::scan;

/// The header which says that the answer of a service failed, and the one with its number.
const ERROR: &str = "Nats-Service-Error";
const ERROR_CODE: &str = "Nats-Service-Error-Code";

/// The word that stands where a message without envelope would have its purpose: what it deletes, or that it is an error.
pub(crate) fn marker<'a>(
    subject: &str,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    payload: &[u8],
) -> Option<&'static str> {
    for (name, value) in headers {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let word = match value {
            "DEL" if is("KV-Operation") => "DEL",
            "PURGE" if is("KV-Operation") => "PURGE",
            "MaxAge" if is("Nats-Marker-Reason") => "MaxAge",
            "Remove" if is("Nats-Marker-Reason") => "DEL",
            "Purge" if is("Nats-Marker-Reason") => "PURGE",
            _ if is(ERROR) || is(ERROR_CODE) => SERVICE_ERROR,
            _ => continue,
        };
        return Some(word);
    }
    let is_object = subject
        .strip_prefix("$O.")
        .is_some_and(|rest| rest.contains(".M."));
    let deleted = || memmem::find(payload, br#""deleted":true"#);
    (is_object && deleted().is_some()).then_some("DEL")
}

/// Why an answer counts as a failed one, as a sentence; `None` if it does not.
pub(crate) fn failure(answer: &StoredMessage) -> Option<String> {
    let header = |wanted: &str| {
        let mut headers = answer.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        Some(found.1.first().map_or("", String::as_str))
    };
    let (error, code) = (header(ERROR), header(ERROR_CODE));
    if error.is_some() || code.is_some() {
        let text = [code, error]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty());
        let text: Vec<&str> = text.collect();
        return Some(format!("the service answered with an error: {}", text.join(" ")));
    }
    let digest = scan(&answer.payload);
    let is_nack = digest.purpose.eq_ignore_ascii_case("nack");
    is_nack.then(|| match &*digest.sender {
        "" => "the answer is a NACK".to_owned(),
        sender => format!("{sender} answered with a NACK"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_named_by_what_they_do() {
        for (subject, header, payload, word) in [
            ("$KV.b.key", Some(("KV-Operation", "DEL")), "", Some("DEL")),
            ("$KV.b.key", Some(("KV-Operation", "PURGE")), "", Some("PURGE")),
            (
                "$KV.b.key",
                Some(("Nats-Marker-Reason", "MaxAge")),
                "",
                Some("MaxAge"),
            ),
            (
                "a",
                Some(("nats-service-error-code", "400")),
                "{}",
                Some(SERVICE_ERROR),
            ),
            (
                "$O.b.M.bmFtZQ==",
                None,
                r#"{"name":"x","deleted":true}"#,
                Some("DEL"),
            ),
            ("$O.b.M.bmFtZQ==", None, r#"{"name":"x"}"#, None),
            ("a", None, r#"{"deleted":true}"#, None),
            ("$KV.b.key", Some(("KV-Operation", "PUT")), "", None),
        ] {
            let found = marker(subject, header.into_iter(), payload.as_bytes());
            assert_eq!(found, word, "{subject} {header:?} {payload}");
        }
    }

    #[test]
    fn an_answer_that_says_no_is_a_failed_one() {
        let answer = |headers: &[(&str, &str)], payload: &'static str| StoredMessage {
            seq: 1,
            at_us: 0,
            subject: "a".into(),
            reply: None,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
                .collect(),
            payload: payload.into(),
        };
        let headers = [
            ("Nats-Service-Error", "no rows"),
            ("Nats-Service-Error-Code", "404"),
        ];
        assert_eq!(
            failure(&answer(&headers, "")).unwrap(),
            "the service answered with an error: 404 no rows"
        );
        let nack = r#"{"msg_id":"1","send_to":"a","sender_name":"eve","msg_purpose":"NACK","payloads":[]}"#;
        assert_eq!(failure(&answer(&[], nack)).unwrap(), "eve answered with a NACK");
        assert_eq!(failure(&answer(&[("Status", "fine")], "NACK")), None);
    }
}
