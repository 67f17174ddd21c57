//! One resolved term of a filter: what it tests, and how expensive that is.

use super::candidate::Candidate;
use super::fields::{FILTER_FIELDS, FilterField, FilterFieldSpec};
use crate::message::Found;
use crate::subjects::subject_matches;
use natsbridge_wire::{
    Cell, Code, DIALECTS, FilterError, JsonKind, JsonNode, JsonWalk, KINDS, Kind, Number, Operator, Severity,
    Spanned, Term, Value, ValuePath, ValuePathError, byte_size, composed, delay,
};

/// Cells of a table that a search for text looks at.
const TABLE_CELLS: usize = 100_000;

/// A term ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    operator: Operator,
    test: Test,
}

/// What a term asks.
#[derive(Debug, Clone)]
enum Test {
    /// Text in subject or sender, or a pattern of subjects.
    Bare(Wanted),
    Subject(Wanted),
    Text(FilterField, Wanted),
    Dialect(&'static str),
    Kind(Kind),
    Link(bool),
    Payloads(u64),
    Size(u64),
    Age(i64),
    Severity(Severity),
    Code(Code),
    Anywhere(Wanted),
    Header(String, Wanted),
    Payload(ValuePath, Wanted),
    Metadata(ValuePath, Wanted),
}

/// A value that is looked for: case counts only if it has capitals or stood in quotes with them.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    text: String,
    any_case: bool,
    pattern: bool,
    number: Option<Number>,
    quoted: bool,
}

impl Wanted {
    fn new(typed: &Spanned) -> Self {
        let any_case = !typed.text.chars().any(char::is_uppercase);
        Self {
            pattern: !typed.quoted && typed.text.contains(['*', '>']),
            number: Number::of(&typed.text)
                .filter(|_| !typed.quoted)
                .map(Number::simplest),
            text: composed(&typed.text).into_owned(),
            any_case,
            quoted: typed.quoted,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let text = composed(text);
        // Nearly all text is already lower-case ASCII.
        text.contains(&self.text) || (self.any_case && text.to_lowercase().contains(&self.text))
    }

    fn is(&self, text: &str) -> bool {
        let text = composed(text);
        text == self.text || (self.any_case && text.to_lowercase() == self.text)
    }

    fn compares(&self, compare: Operator, text: &str) -> bool {
        match compare {
            Operator::Equal => self.is(text),
            Operator::Unequal => !self.is(text),
            Operator::Contains => self.is_in(text),
            Operator::Lacks => !self.is_in(text),
            _ => self
                .orders(compare, text)
                .unwrap_or_else(|| compare.holds(Some(text.cmp(&self.text)))),
        }
    }

    /// How a number compares in a text; `None` where one of them is none.
    fn orders(&self, compare: Operator, text: &str) -> Option<bool> {
        let (wanted, held) = (self.number.as_ref()?, Number::of(text)?);
        Some(compare.holds(held.compare(wanted)))
    }
}

impl Condition {
    /// Looks a term up.
    pub(super) fn new(term: &Term) -> Result<Self, FilterError> {
        let (wanted, value) = (Wanted::new(&term.value), &term.value);
        let Some((field, operator)) = &term.field else {
            return Ok(Self {
                operator: Operator::Equal,
                test: Test::Bare(wanted),
            });
        };
        let unfit = |what: String| FilterError::new(field.at.clone(), what);
        let wrong = |what: String| FilterError::new(value.at.clone(), what);
        let Some((row, rest)) = FilterFieldSpec::find(&field.text) else {
            return Err(unfit(no_field(&field.text)));
        };
        let path = || {
            rest.parse()
                .map_err(|wrong: ValuePathError| unfit(wrong.to_string()))
        };
        if operator.orders() && !row.field.is_ordered() {
            let what = format!("{} has no order: compare it with = != ~ !~", row.name);
            return Err(unfit(what));
        }
        let test = match row.field {
            FilterField::Subject => Test::Subject(wanted),
            FilterField::Text => Test::Anywhere(wanted),
            FilterField::Header => Test::Header(rest.to_owned(), wanted),
            FilterField::Payload => Test::Payload(path()?, wanted),
            FilterField::Metadata => Test::Metadata(path()?, wanted),
            FilterField::Dialect => {
                let known = DIALECTS.iter().map(|row| row.name).chain(["none"]);
                Test::Dialect(one_of(value, known)?)
            }
            FilterField::Kind => {
                let name = one_of(value, KINDS.iter().map(|row| row.name))?;
                let kind = KINDS.iter().find(|row| row.name == name).map(|row| row.kind);
                Test::Kind(kind.unwrap_or(Kind::Binary))
            }
            FilterField::Transport => Test::Link(one_of(value, ["direct", "link"].into_iter())? == "link"),
            FilterField::Payloads => {
                let number = value.text.parse();
                Test::Payloads(number.map_err(|_| wrong(format!("{:?} is not a whole number", value.text)))?)
            }
            FilterField::Size => {
                let bytes = byte_size(&value.text);
                Test::Size(bytes.map_err(|hint| wrong(format!("{:?} is not a size: {hint}", value.text)))?)
            }
            FilterField::Age => {
                // A bare number counts seconds.
                let age = delay(&value.text).or_else(|_| delay(&format!("{}s", value.text)));
                let age = age.map_err(|hint| wrong(format!("{:?} is not a duration: {hint}", value.text)))?;
                Test::Age(i64::try_from(age.as_micros()).unwrap_or(i64::MAX))
            }
            FilterField::Finding => {
                let test = finding(value)?;
                if matches!(test, Test::Code(_)) && operator.orders() {
                    let what = "codes have no order: compare with = or !=, or use a severity";
                    return Err(unfit(what.to_owned()));
                }
                test
            }
            FilterField::Reply
            | FilterField::Sender
            | FilterField::Receiver
            | FilterField::Purpose
            | FilterField::Correlation
            | FilterField::Message => Test::Text(row.field, wanted),
        };
        Ok(Self {
            operator: *operator,
            test,
        })
    }

    /// The cost of testing it, as a rank: 0 the subject, 1 the list row, 2 the bytes, 3 everything decoded.
    pub(super) fn cost(&self) -> u32 {
        match &self.test {
            Test::Subject(_) => 0,
            Test::Bare(wanted) if wanted.pattern => 0,
            Test::Size(_)
            | Test::Age(_)
            | Test::Bare(_)
            | Test::Text(FilterField::Sender | FilterField::Purpose, _)
            | Test::Kind(_)
            | Test::Link(_)
            | Test::Payloads(_)
            | Test::Dialect(_) => 1,
            Test::Text(..) | Test::Header(..) => 2,
            Test::Severity(_)
            | Test::Code(_)
            | Test::Anywhere(_)
            | Test::Payload(..)
            | Test::Metadata(..) => 3,
        }
    }

    /// Whether it holds for a subject; `false` where it asks for more.
    pub(super) fn holds_for(&self, subject: &str) -> bool {
        match &self.test {
            Test::Bare(wanted) | Test::Subject(wanted) if wanted.pattern => {
                subject_matches(&wanted.text, subject) != negative(self.operator)
            }
            Test::Subject(wanted) => wanted.compares(self.operator, subject),
            _ => false,
        }
    }

    /// Whether a message matches it.
    pub(super) fn holds(&self, message: &Candidate<'_>, now_us: i64) -> bool {
        let operator = self.operator;
        let found = match &self.test {
            _ if self.cost() == 0 => return self.holds_for(message.subject()),
            Test::Subject(_) => return self.holds_for(message.subject()),
            Test::Text(field, wanted) => return text_holds(*field, operator, wanted, message),
            Test::Payloads(wanted) => {
                return operator.holds(Some(u64::from(message.payloads().0).cmp(wanted)));
            }
            Test::Size(wanted) => return operator.holds(Some(message.size().cmp(wanted))),
            Test::Age(wanted) => return operator.holds(Some((now_us - message.at_us()).cmp(wanted))),
            Test::Severity(severity) => {
                let worst = message.found().and_then(Found::worst);
                return operator.holds(Some(worst.cmp(&Some(*severity))));
            }
            Test::Metadata(path, wanted) => {
                let envelope = message.decoded().and_then(|decoded| decoded.envelope.as_ref());
                let metadata = envelope.and_then(|(_, envelope)| JsonNode::parse(&envelope.metadata.0));
                return json_holds(metadata.and_then(|json| path.of(json)), operator, wanted);
            }
            Test::Bare(wanted) => wanted.is_in(message.subject()) || wanted.is_in(message.sender()),
            Test::Dialect(name) => {
                let dialect = message.dialect();
                let known = DIALECTS.iter().find(|row| Some(row.dialect) == dialect);
                known.map_or("none", |row| row.name) == *name
            }
            Test::Kind(kind) => message.kinds().contains(*kind),
            Test::Link(link) => {
                let (payloads, links) = message.payloads();
                if *link { links > 0 } else { payloads > links }
            }
            Test::Code(code) => message.found().is_some_and(|found| found.codes.contains(*code)),
            Test::Anywhere(wanted) => anywhere(message, wanted),
            Test::Header(name, wanted) => {
                let headers = message.message().map_or(&[][..], |message| &message.headers);
                let named = headers
                    .iter()
                    .filter(|(known, _)| known.eq_ignore_ascii_case(name));
                let mut values = named.flat_map(|(_, values)| values);
                values.any(|value| wanted.compares(positive(operator), value))
            }
            Test::Payload(path, wanted) => in_payloads(message, path, positive(operator), wanted),
        };
        found != negative(operator)
    }
}

/// Whether a comparison holds for a missing value.
fn negative(compare: Operator) -> bool {
    matches!(compare, Operator::Unequal | Operator::Lacks)
}

/// The comparison that a negative one negates.
fn positive(compare: Operator) -> Operator {
    match compare {
        Operator::Unequal => Operator::Equal,
        Operator::Lacks => Operator::Contains,
        other => other,
    }
}

fn text_holds(field: FilterField, compare: Operator, wanted: &Wanted, message: &Candidate<'_>) -> bool {
    let text: &str = match field {
        FilterField::Reply => message
            .message()
            .and_then(|message| message.reply.as_deref())
            .unwrap_or_default(),
        FilterField::Sender => message.sender(),
        FilterField::Receiver => &message.digest().receiver,
        FilterField::Purpose => message.purpose(),
        FilterField::Correlation => &message.digest().correlation_id,
        _ => &message.digest().msg_id,
    };
    // People copy the beginning of an id.
    if matches!(field, FilterField::Correlation | FilterField::Message)
        && matches!(compare, Operator::Equal | Operator::Unequal)
    {
        let begins = !wanted.text.is_empty() && text.to_lowercase().starts_with(&wanted.text.to_lowercase());
        return begins != negative(compare);
    }
    wanted.compares(compare, text)
}

fn anywhere(message: &Candidate<'_>, wanted: &Wanted) -> bool {
    let payloads = message.decoded().map_or(&[][..], |decoded| &decoded.payloads);
    payloads.iter().any(|payload| match &payload.value {
        Value::Text(text) => wanted.is_in(text),
        Value::Json(json) => in_json(json.root(), wanted),
        Value::Table(table) => {
            let columns = table.columns().len().max(1);
            let rows = table.num_rows().min(TABLE_CELLS / columns);
            (0..rows).any(|row| {
                (0..columns)
                    .any(|column| matches!(table.cell(row, column), Cell::Text(text) if wanted.is_in(&text)))
            })
        }
        _ => false,
    })
}

fn in_json(json: JsonNode<'_>, wanted: &Wanted) -> bool {
    let is_text = |node: JsonNode<'_>| node.text().is_some_and(|text| wanted.is_in(&text));
    JsonWalk::new(json).any(|step| {
        let here = match step.value.kind() {
            JsonKind::Text => is_text(step.value),
            JsonKind::Bool | JsonKind::Number => wanted.is_in(step.value.raw()),
            JsonKind::Null | JsonKind::Array | JsonKind::Object => false,
        };
        here || step.key.is_some_and(is_text)
    })
}

fn in_payloads(message: &Candidate<'_>, path: &ValuePath, compare: Operator, wanted: &Wanted) -> bool {
    let payloads = message.decoded().map_or(&[][..], |decoded| &decoded.payloads);
    payloads.iter().any(|payload| match &payload.value {
        Value::Json(json) => json_holds(path.of_named(&payload.dataname, json.root()), compare, wanted),
        _ => false,
    })
}

/// Whether a JSON value compares this way; a missing one only matches a negative comparison.
fn json_holds(value: Option<JsonNode<'_>>, compare: Operator, wanted: &Wanted) -> bool {
    let Some(value) = value else {
        return negative(compare);
    };
    let kind = value.kind();
    let text = match value.text() {
        Some(text) => text,
        None if kind == JsonKind::Null && wanted.quoted => return negative(compare),
        None => value.to_string().into(),
    };
    let is_equal = matches!(compare, Operator::Equal | Operator::Unequal);
    let as_number = (kind == JsonKind::Number && is_equal).then(|| wanted.orders(compare, &text));
    as_number
        .flatten()
        .unwrap_or_else(|| wanted.compares(compare, &text))
}

fn finding(value: &Spanned) -> Result<Test, FilterError> {
    if let Some(severity) = Severity::from_name(&value.text) {
        return Ok(Test::Severity(severity));
    }
    Code::from_name(&value.text).map(Test::Code).ok_or_else(|| {
        let what = format!(
            "{:?} is not a finding: use note, warning, error, or a code like size-mismatch",
            value.text
        );
        FilterError::new(value.at.clone(), what)
    })
}

fn one_of(
    value: &Spanned,
    known: impl Iterator<Item = &'static str> + Clone,
) -> Result<&'static str, FilterError> {
    let found = known.clone().find(|name| name.eq_ignore_ascii_case(&value.text));
    found.ok_or_else(|| {
        let names: Vec<&str> = known.collect();
        let what = format!("{:?} is not one of {}", value.text, names.join(", "));
        FilterError::new(value.at.clone(), what)
    })
}

fn no_field(name: &str) -> String {
    let names: Vec<String> = FILTER_FIELDS.iter().map(FilterFieldSpec::shown).collect();
    format!("unknown field {name:?}; the fields are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fit_however_their_marks_are_written() {
        for (typed, text) in [("größe", "Die Gro\u{308}ße"), ("gro\u{308}ße", "Die Größe")] {
            let wanted = Wanted::new(&Spanned {
                text: typed.into(),
                at: 0..typed.len(),
                quoted: false,
            });
            assert!(wanted.compares(Operator::Contains, text), "{typed}");
            assert!(wanted.is(&text[4..]), "{typed}");
        }
    }
}
