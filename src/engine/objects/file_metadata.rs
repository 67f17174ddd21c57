//! The metadata of a file in an object bucket: every server that serves it respects it, whoever stored it.

use super::bucket::ObjectFacts;

const NAME: &str = "fileName";
const ONE_SHOT: &str = "oneShot";
const EXPIRES: &str = "expiresMicroseconds";

/// What a file in a bucket says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketFile {
    /// Its name, where the last part of the object's name is not it.
    pub name: Option<String>,
    /// Whether the first complete download consumes it.
    pub one_shot: bool,
    /// When its time is up, in microseconds since the Unix epoch; `None` keeps it until somebody removes it.
    pub expires_us: Option<i64>,
}

impl BucketFile {
    /// What an object says.
    pub fn of(object: &ObjectFacts) -> Self {
        let value = |name| {
            let pair = object.metadata.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.as_str())
        };
        Self {
            name: value(NAME).map(ToOwned::to_owned),
            one_shot: value(ONE_SHOT) == Some("true"),
            expires_us: value(EXPIRES).and_then(|time| time.parse().ok()),
        }
    }

    /// The same as metadata of an object.
    pub fn metadata(&self) -> Vec<(String, String)> {
        let pairs = [
            (NAME, self.name.clone()),
            (ONE_SHOT, self.one_shot.then(|| "true".to_owned())),
            (EXPIRES, self.expires_us.map(|time| time.to_string())),
        ];
        let there = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        there.collect()
    }
}
