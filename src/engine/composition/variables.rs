//! Variables in texts: `{{count}}`, `{{uuid}}`, `{{now}}`, `{{env.NAME}}`, `{{random.1-100}}`, and `{{{{` for two braces.
//! Pure: values come in from outside.

use jiff::Timestamp;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Where the values of variables come from when a message is filled.
pub struct VariableSource<'a> {
    /// Number of the message among those of one sending, from 1.
    pub count: u64,
    /// Now.
    pub now: Timestamp,
    /// Gives the next identifier.
    pub new_id: &'a mut dyn FnMut() -> String,
    /// Gives a random number of a range.
    pub random: &'a mut dyn FnMut(RangeInclusive<i64>) -> i64,
    /// Gives a variable of the environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// The variables as people write them, with what each stands for.
pub const VARIABLES: &[(&str, &str)] = &[
    ("{{count}}", "Number of the message, from 1."),
    ("{{uuid}}", "A new identifier, different at each place."),
    ("{{now}}", "The time of sending, UTC with milliseconds."),
    ("{{env.NAME}}", "The environment variable NAME."),
    ("{{random.1-100}}", "A random whole number from 1 to 100."),
    ("{{{{", "Two literal braces."),
];

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable<'t> {
    Count,
    Uuid,
    Now,
    Env(&'t str),
    Random(RangeInclusive<i64>),
}

/// A variable that cannot be filled, and at which byte of the text it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {why}")]
pub struct BadVariable {
    pub(super) at: usize,
    #[source]
    pub(super) why: VariableError,
}

/// Why a variable cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum VariableError {
    #[error("{{{{ opens a variable that is never closed with }}}}; {{{{{{{{ stands for two braces")]
    Open,
    #[error(
        "unknown variable {0:?}; the variables are count, uuid, now, env.NAME and random.1-100, and \
         {{{{{{{{ stands for two braces"
    )]
    Unknown(String),
    #[error("write the name of an environment variable, such as {{{{env.HOME}}}}")]
    NoName,
    #[error("{0:?} is not a range of whole numbers; write {{{{random.1-100}}}}")]
    NoRange(String),
    #[error("the environment variable {0} is not set; set it or write the value here")]
    NotSet(String),
}

/// A filled text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filled<'t> {
    pub(super) text: Cow<'t, str>,
    /// Where pieces of the filled text begin, there and in the text as written.
    marks: Vec<(usize, usize)>,
}

impl Filled<'_> {
    /// Where a byte of the filled text stands in the text as written.
    pub(super) fn written(&self, at: usize) -> usize {
        let after = self.marks.partition_point(|(filled, _)| *filled <= at);
        match (
            after.checked_sub(1).map(|mark| self.marks[mark]),
            self.marks.get(after),
        ) {
            (None, _) => at,
            // Within a value: the position of the variable is as close as it gets.
            (Some((filled, written)), Some((_, next))) => (written + (at - filled)).min(*next),
            (Some((filled, written)), None) => written + (at - filled),
        }
    }
}

impl<'t> Variable<'t> {
    fn parse(name: &'t str) -> Result<Self, VariableError> {
        let name = name.trim();
        match name {
            "count" => return Ok(Self::Count),
            "uuid" => return Ok(Self::Uuid),
            "now" => return Ok(Self::Now),
            _ => {}
        }
        if let Some(name) = name.strip_prefix("env.") {
            let good = !name.is_empty() && !name.contains(['=', '\0']);
            return good.then_some(Self::Env(name)).ok_or(VariableError::NoName);
        }
        if let Some(range) = name.strip_prefix("random.") {
            return range_of(range)
                .map(Self::Random)
                .ok_or_else(|| VariableError::NoRange(range.to_owned()));
        }
        Err(VariableError::Unknown(name.to_owned()))
    }

    /// A sample value that is valid for any use of the variable, for checks before sending.
    fn sample(&self) -> String {
        match self {
            Self::Count | Self::Env(_) => "1".into(),
            Self::Uuid => "00000000-0000-4000-8000-000000000000".into(),
            Self::Now => "1970-01-01T00:00:00.000Z".into(),
            Self::Random(range) => range.start().to_string(),
        }
    }
}

/// `1-100`; either end may be negative.
fn range_of(text: &str) -> Option<RangeInclusive<i64>> {
    let dash = 1 + text.get(1..)?.find('-')?;
    let (start, end) = (text[..dash].trim(), text[dash + 1..].trim());
    let range = start.parse().ok()?..=end.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

impl VariableSource<'_> {
    fn value(&mut self, variable: &Variable<'_>) -> Result<String, VariableError> {
        Ok(match variable {
            Variable::Count => self.count.to_string(),
            Variable::Uuid => (self.new_id)(),
            Variable::Now => self.now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            Variable::Env(name) => {
                (self.env)(name).ok_or_else(|| VariableError::NotSet((*name).to_owned()))?
            }
            Variable::Random(range) => (self.random)(range.clone()).to_string(),
        })
    }

    /// Fills the variables of a text; in JSON, values inside a string are escaped as JSON wants it.
    pub(super) fn fill<'t>(&mut self, text: &'t str, json: bool) -> Result<Cow<'t, str>, BadVariable> {
        Ok(expand(text, json, &mut |variable| self.value(variable))?.text)
    }
}

/// Fills the variables with samples, for checks before anything is sent.
pub(super) fn sampled(text: &str, json: bool) -> Result<Filled<'_>, BadVariable> {
    expand(text, json, &mut |variable| Ok(variable.sample()))
}

/// Escapes a text so that filling it yields `text`: its braces are not variables.
pub fn literal(text: &str) -> String {
    text.replace(OPEN, "{{{{")
}

/// Whether filling a text changes anything of it.
pub(super) fn is_filled(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), OPEN.as_bytes()).is_some()
}

fn expand<'t>(
    text: &'t str,
    json: bool,
    value: &mut dyn FnMut(&Variable<'_>) -> Result<String, VariableError>,
) -> Result<Filled<'t>, BadVariable> {
    let mut next = memchr::memmem::find(text.as_bytes(), OPEN.as_bytes());
    if next.is_none() {
        return Ok(Filled {
            text: Cow::Borrowed(text),
            marks: vec![],
        });
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = Vec::new();
    let mut quotes = Quotes::default();
    let mut at = 0;
    while let Some(open) = next {
        let plain = &text[at..open];
        if json {
            quotes.pass(plain);
        }
        out.push_str(plain);
        let rest = &text[open + OPEN.len()..];
        at = if rest.starts_with(OPEN) {
            out.push_str(OPEN);
            open + 2 * OPEN.len()
        } else {
            let bad = |why| BadVariable { at: open, why };
            let close = rest.find(CLOSE).ok_or_else(|| bad(VariableError::Open))?;
            let variable = Variable::parse(&rest[..close]).map_err(bad)?;
            let value = value(&variable).map_err(bad)?;
            marks.push((out.len(), open));
            if json && quotes.inside {
                let quoted = serde_json::Value::from(value).to_string();
                out.push_str(&quoted[1..quoted.len() - 1]);
            } else {
                out.push_str(&value);
            }
            open + OPEN.len() + close + CLOSE.len()
        };
        marks.push((out.len(), at));
        next = memchr::memmem::find(&text.as_bytes()[at..], OPEN.as_bytes()).map(|found| at + found);
    }
    out.push_str(&text[at..]);
    Ok(Filled {
        text: Cow::Owned(out),
        marks,
    })
}

/// Whether a place in JSON text is inside a string.
#[derive(Debug, Default)]
struct Quotes {
    inside: bool,
    escaped: bool,
}

impl Quotes {
    fn pass(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.inside => self.escaped = true,
                b'"' => self.inside = !self.inside,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(text: &str, json: bool) -> Result<String, BadVariable> {
        let mut ids = 0;
        let mut new_id = || {
            ids += 1;
            format!("id-{ids}")
        };
        let mut fill = VariableSource {
            count: 7,
            now: Timestamp::UNIX_EPOCH,
            new_id: &mut new_id,
            random: &mut |range| *range.end(),
            env: &|name| (name == "WHO").then(|| "a \"b\"\n".to_owned()),
        };
        fill.fill(text, json).map(Cow::into_owned)
    }

    #[test]
    fn every_variable_has_its_value() {
        for (text, value) in [
            ("no braces", "no braces"),
            ("{{count}}/{{ count }}", "7/7"),
            ("{{uuid}} {{uuid}}", "id-1 id-2"),
            ("at {{now}}", "at 1970-01-01T00:00:00.000Z"),
            ("{{env.WHO}}", "a \"b\"\n"),
            ("{{random.1-100}} {{random.-5--2}} {{random.3-3}}", "100 -2 3"),
            ("{{{{count}}", "{{count}}"),
            ("{{{{{{{{", "{{{{"),
            ("{ {} }}", "{ {} }}"),
        ] {
            assert_eq!(filled(text, false), Ok(value.to_owned()), "{text}");
        }
    }

    #[test]
    fn values_inside_json_strings_are_escaped() {
        let text = r#"{"a\"{{count}}": "{{env.WHO}}", "n": {{count}}, "b": "\\", "c": {{random.1-9}}}"#;
        let value: serde_json::Value = serde_json::from_str(&filled(text, true).unwrap()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"a\"7": "a \"b\"\n", "n": 7, "b": "\\", "c": 9})
        );
    }

    #[test]
    fn what_is_no_variable_is_said_with_its_place() {
        for (text, at, why) in [
            ("ab{{cuont}}", 2, "unknown variable \"cuont\""),
            ("{{uuid", 0, "never closed with }}"),
            ("{{env.}}", 0, "{{env.HOME}}"),
            (
                "{{env.NOWHERE}}",
                0,
                "the environment variable NOWHERE is not set",
            ),
            ("{{random.9-1}}", 0, "{{random.1-100}}"),
            ("{{random.é}}", 0, "{{random.1-100}}"),
        ] {
            let bad = filled(text, false).unwrap_err();
            assert_eq!(bad.at, at, "{text}");
            assert!(bad.why.to_string().contains(why), "{}", bad.why);
        }
    }

    #[test]
    fn a_place_in_the_filled_text_is_found_in_the_written_one() {
        let filled = sampled("ab{{count}}cd{{{{e", true).unwrap();
        assert_eq!(filled.text, "ab1cd{{e");
        let written: Vec<_> = (0..8).map(|at| filled.written(at)).collect();
        assert_eq!(written, [0, 1, 2, 11, 12, 13, 14, 17]);
    }

    proptest! {
        #[test]
        fn literal_text_is_filled_to_itself(text in "[{}a\"\\\\é]{0,40}") {
            prop_assert_eq!(filled(&literal(&text), false).unwrap(), text.clone());
            prop_assert_eq!(filled(&literal(&text), true).unwrap(), text);
        }
    }
}
