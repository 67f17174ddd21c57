//! Opens a tape or a dump of the `nats` command and reads it sequentially, in large blocks and with little memory.

use super::entry::TapeRecord;
use super::error::TapeError;
use super::frames::{Frame, Frames};
use super::guard::MARK;
use super::nats_dump::{Dump, files};
use super::record::{Before, read};
use super::report::TapeReport;
use crate::files::open_file;
use memchr::memchr;
use memchr::memmem::find;
use natsbridge_wire::Limits;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes used to detect the format.
const HEAD: u64 = 64 << 10;
/// Files of a directory that are looked at to detect it.
const LOOKED_AT: usize = 100;
/// What some editors begin a UTF-8 file with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A tape being read.
///
/// ```no_run
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{TapeReader, TapeRecord};
/// use natsbridge_wire::Limits;
/// let mut tape = TapeReader::open("traffic.jsonl".as_ref(), &Limits::default())?;
/// while let Some(entry) = tape.next()? {
///     if let TapeRecord::Message(message) = entry {
///         println!("{} {} bytes", message.subject, message.payload.len());
///     }
/// }
/// for trouble in tape.report().problems() {
///     println!("{trouble}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TapeReader {
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

impl TapeReader {
    /// Opens a file or a folder and finds out what it is.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, TapeError> {
        let failed = unreadable(path);
        if !std::fs::metadata(path).map_err(&failed)?.is_dir() {
            return Self::open_as(path, None, limits);
        }
        let files = files(path).map_err(&failed)?;
        let dumped = |file: &PathBuf| matches!(head_of(file).map(|head| looks(&head)), Ok(Ok(Looks::Dump)));
        if !files.iter().take(LOOKED_AT).any(dumped) {
            return Err(TapeError::NoTape {
                path: path.to_owned(),
                what: "a directory is a dump only if it contains the files that nats sub --dump=DIR writes \
                       (1.json, 2.json …)",
            });
        }
        // In files, not in bytes: nobody has to stat each of them twice.
        let size = files.len() as u64;
        Ok(Self::of(path, Format::Dump(Dump::of_files(files, limits)), size))
    }

    /// Opens a file that is known to be the one or the other; finds out which where that is not known.
    pub(crate) fn open_as(path: &Path, known: Option<Looks>, limits: &Limits) -> Result<Self, TapeError> {
        let failed = unreadable(path);
        let (mut file, metadata) = open_file(path).map_err(&failed)?;
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(&failed)?;
        // Some editors put a mark before the text; it says nothing.
        let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
        let skipped = (head.len() - text.len()) as u64;
        file.seek(SeekFrom::Start(skipped)).map_err(&failed)?;
        let looks = known
            .map_or_else(|| looks(text), Ok)
            .map_err(|what| TapeError::NoTape {
                path: path.to_owned(),
                what,
            })?;
        let format = match looks {
            Looks::Tape => Format::Tape(Box::new(Frames::new(file, limits))),
            Looks::Dump => Format::Dump(Dump::of_stream(file, limits).map_err(&failed)?),
        };
        Ok(Self::of(path, format, metadata.len().saturating_sub(skipped)))
    }

    fn of(path: &Path, format: Format, size: u64) -> Self {
        Self {
            path: path.to_owned(),
            size,
            format,
            report: TapeReport::default(),
            before: Before::default(),
        }
    }

    /// What comes next on it; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "errors are not the end of the tape")]
    pub fn next(&mut self) -> Result<Option<TapeRecord>, TapeError> {
        let entry = self.read().map_err(|source| TapeError::Read {
            path: self.path.clone(),
            source,
        })?;
        self.report.complete = entry.is_none();
        if let Some(entry) = &entry {
            self.report.count(entry);
            match entry {
                TapeRecord::Message(message) => {
                    (self.before.number, self.before.at_us) = (message.seq, message.at_us);
                }
                TapeRecord::Missed { from, messages } => {
                    self.before.number = self.before.number.max((from + messages).saturating_sub(1));
                }
                _ => {}
            }
        }
        Ok(entry)
    }

    fn read(&mut self) -> io::Result<Option<TapeRecord>> {
        match &mut self.format {
            Format::Dump(dump) => {
                let entry = dump.next()?;
                self.report.untimed = dump.untimed;
                Ok(entry)
            }
            Format::Tape(frames) => Ok(match frames.next()? {
                None => None,
                Some(Frame::Damaged(bytes)) => Some(TapeRecord::Damaged(bytes)),
                // An intact record with impossible content: written by another program.
                Some(Frame::Record(line)) => {
                    Some(read(line, self.before).unwrap_or(TapeRecord::Damaged(line.len() as u64)))
                }
                Some(Frame::Plain(line)) => Some(match read(line, self.before) {
                    Some(entry) if !matches!(entry, TapeRecord::Unknown) => {
                        self.report.unguarded += 1;
                        entry
                    }
                    _ => TapeRecord::Damaged(line.len() as u64),
                }),
            }),
        }
    }

    /// What was found so far.
    pub fn report(&self) -> TapeReport {
        self.report.clone()
    }

    /// The share that was read so far, in per cent.
    pub fn percent(&self) -> u8 {
        let done = match &self.format {
            Format::Tape(frames) => frames.done,
            Format::Dump(dump) if dump.files_done > 0 => dump.files_done,
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

/// What a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// A tape of ours.
    Tape,
    /// What `nats sub --dump` wrote.
    Dump,
}

/// The first bytes of a file, by which it is known what it is.
pub(crate) fn head_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    open_file(path)?.0.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> TapeError {
    |source| TapeError::Read {
        path: path.to_owned(),
        source,
    }
}

/// Detects the format by the first bytes; the error says what the file is instead.
pub(crate) fn looks(head: &[u8]) -> Result<Looks, &'static str> {
    // A tape whose writer stopped within the first bytes is one, too.
    if find(head, MARK).is_some() || MARK.starts_with(head) {
        return Ok(Looks::Tape);
    }
    let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    let has = |bytes: &[u8], text: &str| find(bytes, text.as_bytes()).is_some();
    if has(line, "\"seq\":") && has(line, "\"envelope\":") {
        return Err(
            "these are lines of listen --json, which hold decoded messages instead of the original ones; \
             record a tape with natsbridge record FILE SUBJECT",
        );
    }
    if has(head, "\"Subject\":") && has(head, "\"Data\":") {
        return Ok(Looks::Dump);
    }
    // Without its guards, as filters that write JSON anew have to leave it.
    if has(line, "\"tape\":") && (has(line, "\"product\":") || has(line, "\"started\":")) {
        return Ok(Looks::Tape);
    }
    if has(line, "\"subject\":") && (has(line, "\"text\":") || has(line, "\"base64\":")) {
        return Ok(Looks::Tape);
    }
    Err("record one with natsbridge record FILE SUBJECT, or with o in the workbench")
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str =
        r#"{"tape":1,"product":"p","started":"2026-11-22T10:00:00Z","server":"h","subjects":[">"]}"#;
    const MESSAGE: &str = r#"{"n":1,"at":"2026-11-22T10:00:00Z","subject":"a","text":"x"}"#;
    const END: &str = r#"{"end":"2026-11-22T10:00:09Z","messages":1,"missed":0}"#;

    fn report(text: &str) -> TapeReport {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tape.jsonl");
        std::fs::write(&path, text).unwrap();
        let mut tape = TapeReader::open(&path, &Limits::default()).unwrap();
        while tape.next().unwrap().is_some() {}
        assert_eq!(tape.percent(), 100);
        tape.report()
    }

    #[test]
    fn a_tape_without_its_guards_is_one() {
        let report = report(&format!("{START}\n{MESSAGE}\n{END}\n"));
        assert_eq!((report.messages, report.unguarded, report.damaged), (1, 3, 0));
        assert!(report.ended);
    }

    #[test]
    fn a_byte_order_mark_is_no_damage() {
        let report = report(&format!("\u{feff}{START}\n{MESSAGE}\n{END}\n"));
        assert_eq!((report.messages, report.unguarded, report.damaged), (1, 3, 0));
    }

    #[test]
    fn guarded_records_that_say_what_cannot_be_are_damaged() {
        use crate::tape::guard::{close, open};
        let mut file = Vec::new();
        for body in [
            r#""subject":"a","text":"x","n":1"#,
            r#""subject":"a","text":"x","at":5"#,
            r#""subject":"a","text":"x","n":18446744073709551615"#,
            r#""missed":18446744073709551615,"from":2"#,
            r#""subject":"a","text":"x","n":2"#,
            r#""subject":"a","base64":"*","n":3"#,
            r#""colour":"red""#,
        ] {
            let start = open(&mut file);
            file.extend_from_slice(body.as_bytes());
            close(&mut file, start);
        }
        let report = report(std::str::from_utf8(&file).unwrap());
        assert_eq!((report.messages, report.lost, report.missed), (2, 0, 0));
        assert_eq!((report.damaged, report.unknown), (2, 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused() {
        let error = TapeReader::open("/dev/null".as_ref(), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("it is a device"), "{error}");
    }

    #[test]
    fn a_folder_is_a_dump_only_by_what_its_files_hold() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("1.json", r#"{"msgId":"1","payloads":[]}"#);
        write("2.json", "{");
        let open = || TapeReader::open(folder.path(), &Limits::default());
        assert!(matches!(open(), Err(TapeError::NoTape { .. })));
        write("3.json", r#"{"Subject":"a","Data":"eA=="}"#);
        assert!(open().is_ok());
    }
}
