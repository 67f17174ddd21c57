//! Opens a tape or a dump of the `nats` command and reads it from its start, in large blocks and little memory.

use super::dump::{Dump, files};
use super::entry::TapeEntry;
use super::format::MARK;
use super::frames::{Frame, Frames};
use super::record::{Before, read};
use super::report::TapeReport;
use super::tape_error::TapeError;
use crate::wire::Limits;
use memchr::memchr;
use memchr::memmem::find;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// Bytes by which a format is known.
const HEAD: u64 = 64 << 10;

/// A tape being read.
///
/// ```no_run
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge::engine::{Tape, TapeEntry};
/// use natsbridge::wire::Limits;
/// let mut tape = Tape::open("traffic.jsonl".as_ref(), &Limits::default())?;
/// while let Some(entry) = tape.next()? {
///     if let TapeEntry::Message(message) = entry {
///         println!("{} {} bytes", message.subject, message.payload.len());
///     }
/// }
/// for trouble in tape.report().troubles() {
///     println!("{trouble}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Tape {
    path: PathBuf,
    size: u64,
    format: Format,
    report: TapeReport,
    before: Before,
}

#[derive(Debug)]
enum Format {
    Tape(Box<Frames<File>>),
    Dump(Dump),
}

impl Tape {
    /// Opens a file or a folder and finds out what it is.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, TapeError> {
        let failed = |source| TapeError::Read {
            path: path.to_owned(),
            source,
        };
        let no_tape = |what| TapeError::NoTape {
            path: path.to_owned(),
            what,
        };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        let (format, size) = if metadata.is_dir() {
            let files = files(path).map_err(failed)?;
            if files.is_empty() {
                return Err(no_tape(
                    "a folder is one only with the files that nats sub --dump=DIR writes (1.json, 2.json …)",
                ));
            }
            // In files, not in bytes: nobody needs to look at each of them twice.
            let size = files.len() as u64;
            (Format::Dump(Dump::of_files(files, limits)), size)
        } else {
            let mut file = File::open(path).map_err(failed)?;
            let mut head = Vec::new();
            file.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed)?;
            file.rewind().map_err(failed)?;
            let format = match look(&head).map_err(no_tape)? {
                Looks::Tape => Format::Tape(Box::new(Frames::new(file, limits))),
                Looks::Dump => Format::Dump(Dump::of_stream(file, limits).map_err(failed)?),
            };
            (format, metadata.len())
        };
        Ok(Self {
            path: path.to_owned(),
            size,
            format,
            report: TapeReport::default(),
            before: Before::default(),
        })
    }

    /// What comes next on it; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "an error is no end")]
    pub fn next(&mut self) -> Result<Option<TapeEntry>, TapeError> {
        let entry = self.read().map_err(|source| TapeError::Read {
            path: self.path.clone(),
            source,
        })?;
        if let Some(entry) = &entry {
            self.report.count(entry);
            match entry {
                TapeEntry::Message(message) => {
                    (self.before.number, self.before.at_us) = (message.seq, message.at_us);
                }
                TapeEntry::Missed { from, messages } => {
                    self.before.number = (from + messages).saturating_sub(1);
                }
                _ => {}
            }
        }
        Ok(entry)
    }

    fn read(&mut self) -> io::Result<Option<TapeEntry>> {
        match &mut self.format {
            Format::Dump(dump) => {
                let entry = dump.next()?;
                self.report.untimed = dump.untimed;
                Ok(entry)
            }
            Format::Tape(frames) => Ok(match frames.next()? {
                None => None,
                Some(Frame::Damaged(bytes)) => Some(TapeEntry::Damaged(bytes)),
                // Whole, and yet not what it should say: written by something else.
                Some(Frame::Record(line)) => Some(read(line, self.before).unwrap_or(TapeEntry::Unknown)),
                Some(Frame::Plain(line)) => Some(match read(line, self.before) {
                    Some(entry) if !matches!(entry, TapeEntry::Unknown) => {
                        self.report.unguarded += 1;
                        entry
                    }
                    _ => TapeEntry::Damaged(line.len() as u64),
                }),
            }),
        }
    }

    /// What was found so far.
    pub fn report(&self) -> TapeReport {
        self.report
    }

    /// The share that was read so far, in per cent.
    pub fn percent(&self) -> u8 {
        let done = match &self.format {
            Format::Tape(frames) => frames.done,
            Format::Dump(_) if self.path.is_dir() => self.report.messages,
            Format::Dump(dump) => dump.done,
        };
        (done.min(self.size) as f64 / self.size.max(1) as f64 * 100.0) as u8
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its file's name.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

enum Looks {
    Tape,
    Dump,
}

/// What a file is, judged by its first bytes; the error says what it is instead.
fn look(head: &[u8]) -> Result<Looks, &'static str> {
    // A tape of which nothing but the first bytes was written is one, too.
    if find(head, MARK).is_some() || MARK.starts_with(head) {
        return Ok(Looks::Tape);
    }
    let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    let has = |bytes: &[u8], text: &str| find(bytes, text.as_bytes()).is_some();
    if has(line, "\"seq\":") && has(line, "\"envelope\":") {
        return Err(
            "these are lines of listen --json, which say what messages mean, not what they were; record one with \
             natsbridge record FILE SUBJECT",
        );
    }
    if has(head, "\"Subject\":") && has(head, "\"Data\":") {
        return Ok(Looks::Dump);
    }
    if has(line, "\"subject\":") && (has(line, "\"text\":") || has(line, "\"base64\":")) {
        return Ok(Looks::Tape);
    }
    Err("record one with natsbridge record FILE SUBJECT, or with the key o in the workbench")
}
