//! The registry of readers, and groups of them that can be asked about at once.

use super::model::{Keys, Reader};
use crate::checks::ReaderStack;
use crate::dialects::KindNames;

/// Every reader, in the order in which they are listed to people.
pub const READERS: &[Reader] = &[
    Reader {
        vocabulary: KindNames::V0_4,
        ..row("julia-0.4", "Julia ≤ 0.4", ReaderStack::Julia, Keys::Camel)
    },
    row("julia", "Julia 0.5", ReaderStack::Julia, Keys::Snake),
    row("javascript", "JavaScript, node", ReaderStack::Node, Keys::Snake),
    Reader {
        tables: false,
        ..row(
            "browser",
            "JavaScript, browser",
            ReaderStack::Browser,
            Keys::Snake,
        )
    },
    Reader {
        vocabulary: KindNames::V0_4,
        ..row("python-0.5.2", "Python ≤ 0.5.2", ReaderStack::Python, Keys::Snake)
    },
    row("python", "Python, later", ReaderStack::Python, Keys::Snake),
    Reader {
        vocabulary: KindNames::V0_4,
        tables: false,
        most_bytes: Some(50_000),
        ..row(
            "micropython",
            "MicroPython",
            ReaderStack::MicroPython,
            Keys::Camel,
        )
    },
    row("natsbridge", "this workbench", ReaderStack::Ours, Keys::Any),
];

/// Peers of the two dialects that no library writes any more or yet, by any of the library stacks. People are not told about
/// them, but a message spelled the way they write has somebody to read it.
pub(super) const UNLISTED: &[Reader] = &[
    first("v0.0", ReaderStack::Julia),
    first("v0.0", ReaderStack::Node),
    first("v0.0", ReaderStack::Python),
    document("readme", ReaderStack::Julia),
    document("readme", ReaderStack::Node),
    document("readme", ReaderStack::Python),
];

/// Names for several readers: the verdict is that of the worst one.
pub const READER_GROUPS: &[(&str, &[&str])] = &[
    ("v0.4", &["julia-0.4"]),
    ("v0.5", &["julia", "javascript", "python"]),
];

const fn row(name: &'static str, title: &'static str, family: ReaderStack, keys: Keys) -> Reader {
    Reader {
        name,
        title,
        family,
        keys,
        vocabulary: KindNames::V0_5,
        tables: true,
        most_bytes: None,
    }
}

const fn first(name: &'static str, family: ReaderStack) -> Reader {
    Reader {
        vocabulary: KindNames::V0_0,
        ..row(name, "before the first release", family, Keys::Camel)
    }
}

const fn document(name: &'static str, family: ReaderStack) -> Reader {
    Reader {
        vocabulary: KindNames::V0_4,
        ..row(name, "by the document", family, Keys::Document)
    }
}

/// The readers that a name stands for, with the name as it is kept here.
///
/// ```
/// use natsbridge_wire::readers_named;
/// let (name, readers) = readers_named("v0.5").unwrap();
/// assert_eq!((name, readers.len()), ("v0.5", 3));
/// assert!(readers_named("cobol").is_none());
/// ```
pub fn readers_named(name: &str) -> Option<(&'static str, Vec<&'static Reader>)> {
    if let Some(reader) = READERS.iter().find(|reader| reader.name == name) {
        return Some((reader.name, vec![reader]));
    }
    let (name, members) = READER_GROUPS.iter().find(|(group, _)| *group == name)?;
    let readers = READERS.iter().filter(|reader| members.contains(&reader.name));
    Some((name, readers.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_a_group_is_a_reader() {
        for (group, members) in READER_GROUPS {
            assert_eq!(readers_named(group).unwrap().1.len(), members.len(), "{group}");
        }
    }
}
