//! Problems of a composition while it is being written, by field. Pure and cheap: it runs at every key press. Checks
//! that need a file or a broker are part of the plan.

use super::composition::Composition;
use super::kind_check as content;
use super::kind_check::{ContentFault, MetadataError};
use super::location::Place;
use super::payload_row::{PayloadRow, Source};
use super::variables::sampled;
use crate::subjects::check_subject;
use natsbridge_wire::{Kind, Severity};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

/// Something wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Which field.
    pub place: Place,
    /// How bad it is: with an error it cannot be sent.
    pub severity: Severity,
    /// What is wrong and what to write instead.
    pub text: String,
}

/// All problems that the text of a composition reveals, in field order. Files are not read; variables stand for any value
/// they may have.
///
/// ```
/// use natsbridge_engine::{Composition, PayloadRow, Place, issues};
/// let mut composition = Composition { subject: "chat.*".into(), ..Composition::default() };
/// composition.payloads.push(PayloadRow::text("message", "Hello, number {{count}}"));
/// let places: Vec<_> = issues(&composition).iter().map(|issue| issue.place).collect();
/// assert_eq!(places, [Place::Subject], "a wildcard is for subscribing");
/// ```
pub fn issues(composition: &Composition) -> Vec<Issue> {
    let mut found = Found::default();
    for (place, text) in composition.texts() {
        match place {
            Place::Metadata => found.metadata(text),
            Place::ReplyTo if text.is_empty() => {}
            Place::Subject | Place::ReplyTo => {
                if let Some(subject) = found.filled(place, text) {
                    found.check(place, check_subject(&subject));
                }
            }
            _ => drop(found.filled(place, text)),
        }
    }
    for (index, (name, value)) in composition.headers.iter().enumerate() {
        let place = Place::Header(index);
        if let Some(value) = found.filled(place, value) {
            found.check(place, content::check_header(name, &value));
        }
    }
    found.payloads(&composition.payloads);
    found.0
}

#[derive(Debug, Default)]
struct Found(Vec<Issue>);

impl Found {
    fn add(&mut self, place: Place, severity: Severity, text: impl Into<String>) {
        self.0.push(Issue {
            place,
            severity,
            text: text.into(),
        });
    }

    fn error(&mut self, place: Place, text: impl Into<String>) {
        self.add(place, Severity::Error, text);
    }

    fn check<E: Display>(&mut self, place: Place, checked: Result<(), E>) {
        if let Err(why) = checked {
            self.error(place, why.to_string());
        }
    }

    /// The text with its variables filled by samples; `None` if one of them is none.
    fn filled<'t>(&mut self, place: Place, text: &'t str) -> Option<Cow<'t, str>> {
        match sampled(text, false) {
            Ok(filled) => Some(filled.text),
            Err(bad) => {
                self.error(place, bad.to_string());
                None
            }
        }
    }

    /// Checks JSON text; what is wrong is told with its place in the text as it was written.
    fn json(
        &mut self,
        place: Place,
        text: &str,
        check: impl Fn(&str) -> Result<(), ContentFault>,
        told: impl Fn(ContentFault) -> String,
    ) {
        match sampled(text, true) {
            Err(bad) => self.error(place, bad.to_string()),
            Ok(filled) => {
                if let Err(fault) = check(&filled.text) {
                    let at = fault.at.map(|at| filled.written(at));
                    self.error(place, told(fault.at_byte(at)));
                }
            }
        }
    }

    fn metadata(&mut self, text: &str) {
        // An empty text stands for an empty object.
        if !text.trim().is_empty() {
            let told = |fault| MetadataError(fault).to_string();
            self.json(Place::Metadata, text, content::json_object, told);
        }
    }

    fn payloads(&mut self, rows: &[PayloadRow]) {
        if rows.is_empty() {
            self.add(
                Place::Payloads,
                Severity::Warning,
                "there is no payload; the envelope would be sent empty",
            );
        }
        let mut names: HashMap<&str, usize> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if row.name.is_empty() {
                let text = "the payload has no name; receivers look it up by its name";
                self.error(Place::PayloadName(index), text);
            } else if let Some(first) = names.insert(&row.name, index) {
                let text = format!(
                    "payload {} has the same name; receivers that look it up find only one of them",
                    first + 1
                );
                self.add(Place::PayloadName(index), Severity::Warning, text);
            }
            self.content(Place::Payload(index), row);
        }
    }

    fn content(&mut self, place: Place, row: &PayloadRow) {
        match &row.source {
            Source::Text(text) => self.text(place, row, text),
            Source::File(path) if path.as_os_str().is_empty() => {
                self.error(place, "no file given");
            }
            Source::File(_) | Source::Bytes { .. } => {}
            Source::Missing { why } => self.error(place, why.as_str()),
        }
    }

    fn text(&mut self, place: Place, row: &PayloadRow, text: &str) {
        let as_it_is = |fault: ContentFault| fault.to_string();
        match row.kind {
            Kind::Dictionary => self.json(place, text, |text| content::dictionary(text.as_bytes()), as_it_is),
            Kind::JsonTable => self.json(place, text, |text| content::json_rows(text.as_bytes()), as_it_is),
            Kind::Table if text.trim().is_empty() => {
                self.error(
                    place,
                    "there are no rows; even an empty table needs a line that names its columns",
                );
            }
            Kind::Text | Kind::Table | Kind::Binary => {
                self.filled(place, text);
            }
            Kind::Image | Kind::Audio | Kind::Video => {
                self.filled(place, text);
                let text = format!("text cannot be typed as {}; choose a file", row.kind.name());
                self.add(place, Severity::Warning, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(composition: &Composition) -> Vec<(Place, Severity, String)> {
        let issues = issues(composition).into_iter();
        issues
            .map(|issue| (issue.place, issue.severity, issue.text))
            .collect()
    }

    fn is_sendable(composition: &Composition) -> bool {
        (issues(composition).iter()).all(|issue| issue.severity != Severity::Error)
    }

    fn good() -> Composition {
        Composition {
            subject: "/chat/{{env.ROOM}}".into(),
            correlation_id: "{{uuid}}".into(),
            payloads: vec![PayloadRow::text("message", "Hello {{count}}")],
            ..Composition::default()
        }
    }

    fn payload(kind: Kind, text: &str) -> Composition {
        let row = PayloadRow {
            kind,
            ..PayloadRow::text("p", text)
        };
        Composition {
            payloads: vec![row],
            ..good()
        }
    }

    #[test]
    fn nothing_is_wrong_with_a_good_one() {
        assert_eq!(said(&good()), []);
        assert_eq!(
            said(&payload(
                Kind::Dictionary,
                r#"{"n": {{count}}, "id": "{{uuid}}"}"#
            )),
            []
        );
        assert_eq!(said(&payload(Kind::JsonTable, r#"[{"n": {{random.1-6}}}]"#)), []);
        assert!(is_sendable(&good()));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        type Spoiling = fn(&mut Composition);
        let cases: [(Spoiling, Place, &str); 12] = [
            (|c| c.subject.clear(), Place::Subject, "the subject is empty"),
            (|c| c.subject = "a.>".into(), Place::Subject, "for subscribing"),
            (
                |c| c.subject = "a.{{cuont}}".into(),
                Place::Subject,
                "at byte 2: unknown variable \"cuont\"",
            ),
            (|c| c.purpose = "{{x}}".into(), Place::Purpose, "unknown variable"),
            (
                |c| c.receiver_id = "{{uuid".into(),
                Place::ReceiverId,
                "never closed with }}",
            ),
            (|c| c.reply_to = "a b".into(), Place::ReplyTo, "white space"),
            (
                |c| c.metadata = r#"{"n": {{count}}, x}"#.into(),
                Place::Metadata,
                "not JSON at byte 17",
            ),
            (
                |c| c.metadata = "[1]".into(),
                Place::Metadata,
                r#"such as {"priority":1}"#,
            ),
            (
                |c| c.headers = vec![("a b".into(), "v".into())],
                Place::Header(0),
                "visible ASCII",
            ),
            (|c| c.payloads[0].name.clear(), Place::PayloadName(0), "no name"),
            (
                |c| c.payloads[0].source = Source::File("".into()),
                Place::Payload(0),
                "no file",
            ),
            (
                |c| {
                    c.payloads[0].source = Source::Missing {
                        why: "Fetch it.".into(),
                    }
                },
                Place::Payload(0),
                "Fetch it.",
            ),
        ];
        for (spoil, place, text) in cases {
            let mut composition = good();
            spoil(&mut composition);
            let issues = said(&composition);
            assert_eq!(issues.len(), 1, "{issues:?}");
            assert_eq!((issues[0].0, issues[0].1), (place, Severity::Error), "{issues:?}");
            assert!(issues[0].2.contains(text), "{issues:?}");
            assert!(!is_sendable(&composition));
        }
    }

    #[test]
    fn contents_are_checked_by_their_kind() {
        for (kind, text, severity, why) in [
            (Kind::Dictionary, "{nope}", Severity::Error, "not JSON at byte 1"),
            (
                Kind::Dictionary,
                "{\"id\": {{uuid}}}",
                Severity::Error,
                "not JSON",
            ),
            (
                Kind::JsonTable,
                "{}",
                Severity::Error,
                "not a JSON array of row objects",
            ),
            (
                Kind::JsonTable,
                "[{},7]",
                Severity::Error,
                "row 2 is not a JSON object",
            ),
            (Kind::Table, " \n", Severity::Error, "no rows"),
            (Kind::Image, "a.png", Severity::Warning, "choose a file"),
        ] {
            let issues = said(&payload(kind, text));
            assert_eq!(issues.len(), 1, "{issues:?}");
            assert_eq!((issues[0].0, issues[0].1), (Place::Payload(0), severity));
            assert!(issues[0].2.contains(why), "{issues:?}");
        }
    }

    #[test]
    fn two_of_one_name_and_none_at_all_are_worth_a_warning() {
        let mut composition = good();
        composition.payloads.push(composition.payloads[0].clone());
        let issues = said(&composition);
        assert_eq!(
            (issues[0].0, issues[0].1),
            (Place::PayloadName(1), Severity::Warning)
        );
        assert!(issues[0].2.contains("payload 1 has the same name"));
        composition.payloads.clear();
        assert_eq!(said(&composition)[0].0, Place::Payloads);
        assert!(is_sendable(&composition));
    }
}
