//! The headers of a message being received, borrowed from wherever they are: the client, or a list of our own.

use async_nats::HeaderMap;

/// Header names with their values, borrowed; without any by default.
///
/// ```
/// use natsbridge_engine::Headers;
/// let own = [("Trace".to_owned(), vec!["on".to_owned(), "off".to_owned()])];
/// let headers: Vec<_> = Headers::of(&own).iter().collect();
/// assert_eq!(headers, [("Trace", "on"), ("Trace", "off")]);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    own: &'a [(String, Vec<String>)],
    clients: Option<&'a HeaderMap>,
    /// `Name: value\r\n` each.
    lines: &'a str,
}

impl<'a> Headers<'a> {
    /// Those of a list.
    pub fn of(own: &'a [(String, Vec<String>)]) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// Those of the client, which does not keep their order.
    pub(crate) fn of_client(clients: Option<&'a HeaderMap>) -> Self {
        Self {
            clients,
            ..Self::default()
        }
    }

    /// Those of lines as they stand in a message, `Name: value\r\n` each.
    pub(crate) fn of_lines(lines: &'a str) -> Self {
        Self {
            lines,
            ..Self::default()
        }
    }

    /// Each value with its name.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let clients = self.clients.into_iter().flat_map(HeaderMap::iter);
        let clients = clients
            .flat_map(|(name, values)| values.iter().map(move |value| (name.as_ref(), value.as_str())));
        let own = self.own.iter();
        let own = own.flat_map(|(name, values)| values.iter().map(move |value| (&**name, &**value)));
        own.chain(clients).chain(header_lines(self.lines))
    }

    /// A list of them, sorted by name.
    pub(crate) fn to_list(self) -> Vec<(String, Vec<String>)> {
        header_list(self.iter())
    }
}

/// The names and values of lines.
pub(crate) fn header_lines(lines: &str) -> impl Iterator<Item = (&str, &str)> {
    // Most messages have none, and even beginning to look for lines takes a while.
    let lines = (!lines.is_empty()).then(|| lines.split_terminator("\r\n"));
    lines.into_iter().flatten().filter_map(|line| {
        line.split_once(':')
            .map(|(name, value)| (name, value.trim_ascii_start()))
    })
}

/// A list of headers, sorted by name; the values of one name stay in their order.
pub(crate) fn header_list<'a>(
    headers: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, Vec<String>)> {
    let mut headers: Vec<_> = headers.collect();
    headers.sort_by_key(|(name, _)| *name);
    let of_one_name = headers.chunk_by(|(one, _), (next, _)| one == next);
    let list = of_one_name.map(|values| {
        let texts = values.iter().map(|(_, value)| (*value).to_owned());
        (values[0].0.to_owned(), texts.collect())
    });
    list.collect()
}

/// Whether a client could have received a header of that name and value.
pub(crate) fn may_be_header(name: &str, value: &str) -> bool {
    let bad = |c: char| !c.is_ascii_graphic() || c == ':';
    !name.contains(bad) && !value.contains(['\r', '\n'])
}
