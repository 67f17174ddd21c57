//! Reads what `nats sub --dump` writes: a directory with a JSON file per message, or JSON objects separated by zero
//! bytes. Dumps have no times except for stream messages; file times are used instead.

use super::entry::TapeRecord;
use super::record::read_dumped;
use crate::files::read_file;
use natsbridge_wire::Limits;
use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The files of a dump, in the order of their numbers; a reply follows its message.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        found.extend(place(&path).map(|place| (place, path)));
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// The number by which a file of a dump is named, and whether it is the reply of that message; `None` for other files.
pub(crate) fn place(path: &Path) -> Option<(u64, bool)> {
    let stem = path.file_stem()?.to_str()?;
    let (number, reply) = match stem.strip_suffix("_reply") {
        Some(number) => (number, true),
        None => (stem, false),
    };
    let number = number.parse().ok()?;
    (path.extension()? == "json").then_some((number, reply))
}

/// Reads dumped messages one by one.
#[derive(Debug)]
pub(super) struct Dump {
    source: Source,
    line: usize,
    next: u64,
    /// Bytes read.
    pub(super) done: u64,
    /// Files read.
    pub(super) files_done: u64,
    /// Whether some message so far had no time of its own.
    pub(super) untimed: bool,
}

#[derive(Debug)]
enum Source {
    Files(std::vec::IntoIter<PathBuf>),
    Stream(BufReader<File>, i64),
}

impl Dump {
    /// The messages of a folder.
    pub(super) fn of_files(files: Vec<PathBuf>, limits: &Limits) -> Self {
        Self::new(Source::Files(files.into_iter()), limits)
    }

    /// The messages of a file that was standard output.
    pub(super) fn of_stream(file: File, limits: &Limits) -> io::Result<Self> {
        let at_us = modified_us(&file.metadata()?);
        let reader = BufReader::with_capacity(limits.tape_block, file);
        Ok(Self::new(Source::Stream(reader, at_us), limits))
    }

    fn new(source: Source, limits: &Limits) -> Self {
        Self {
            source,
            line: limits.tape_line,
            next: 1,
            done: 0,
            files_done: 0,
            untimed: false,
        }
    }

    /// The next message, or what is none.
    pub(super) fn next(&mut self) -> io::Result<Option<TapeRecord>> {
        let (json, at_us) = match &mut self.source {
            Source::Files(files) => {
                let Some(path) = files.next() else { return Ok(None) };
                self.files_done += 1;
                match load(&path, self.line as u64) {
                    Ok(loaded) => loaded,
                    Err(why) => {
                        return Ok(Some(TapeRecord::Unreadable(format!(
                            "{} ({why})",
                            path.display()
                        ))));
                    }
                }
            }
            Source::Stream(reader, at_us) => {
                let mut json = Vec::new();
                // A longer one is truncated here, so it is no longer valid JSON.
                reader.by_ref().take(self.line as u64).read_until(0, &mut json)?;
                if json.is_empty() {
                    return Ok(None);
                }
                (json, *at_us)
            }
        };
        self.done += json.len() as u64;
        let json = json.strip_suffix(&[0]).unwrap_or(&json);
        let Some((mut message, own_us)) = read_dumped(json, self.next) else {
            return Ok(Some(TapeRecord::Damaged(json.len() as u64)));
        };
        self.next += 1;
        self.untimed |= own_us.is_none();
        message.at_us = own_us.unwrap_or(at_us);
        Ok(Some(TapeRecord::Message(message)))
    }
}

/// A file of a dump and its time; an unreadable one only affects itself.
fn load(path: &Path, most: u64) -> io::Result<(Vec<u8>, i64)> {
    let modified_us = modified_us(&std::fs::metadata(path)?);
    Ok((read_file(path, most)?, modified_us))
}

fn modified_us(metadata: &Metadata) -> i64 {
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_a_dump_that_cannot_be_read_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        for number in [1, 3] {
            let json = br#"{"Subject":"a","Data":"eA=="}"#;
            std::fs::write(folder.path().join(format!("{number}.json")), json).unwrap();
        }
        std::fs::create_dir(folder.path().join("2.json")).unwrap();
        let mut dump = Dump::of_files(files(folder.path()).unwrap(), &Limits::default());
        let mut entries = Vec::new();
        while let Some(entry) = dump.next().unwrap() {
            entries.push(entry);
        }
        assert!(
            matches!(
                &entries[..],
                [TapeRecord::Message(_), TapeRecord::Unreadable(what), TapeRecord::Message(_)]
                    if what.contains("2.json") && what.contains("a directory, not a file")
            ),
            "{entries:?}"
        );
    }
}
