//! A directory as the backend: bytes in a file with a random name, facts in a small JSON file beside it that names it. The
//! facts appear last and by renaming, so that a file is there completely or not at all, also after a crash.

use super::contract::{Backend, Body, StorageError, Stored};
use super::key::{Facts, Key, new_id};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use md5::{Digest, Md5};
use natsbridge_engine::NewFile;
use natsbridge_wire::Limits;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Pieces in transit between the network and the disk.
const QUEUE: usize = 4;
const FACTS: &str = ".facts.json";
const DATA: &str = ".data";
const PART: &str = ".part";
/// What the names of unfinished files begin with.
const UNFINISHED: &str = "natsbridge-";

/// A directory of files.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    buffer: usize,
    orphan: Duration,
    clock: fn() -> i64,
}

impl Directory {
    /// A directory that stays, made if it is not there.
    pub fn open(path: &Path, limits: &Limits, clock: fn() -> i64) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(path)?;
        Ok(Self {
            // Absolute: the working directory may change.
            path: path.canonicalize()?,
            buffer: limits.fileserver_buffer,
            orphan: limits.fileserver_orphan,
            clock,
        })
    }

    fn facts_path(&self, key: &Key) -> PathBuf {
        self.path.join(key.stem() + FACTS)
    }

    fn data_path(&self, facts: &Facts) -> PathBuf {
        data_path(&self.path, facts)
    }

    async fn put(&self, key: &Key, mut facts: Facts, mut body: Body<'_>) -> Result<Facts, StorageError> {
        let (send, pieces) = mpsc::channel(QUEUE);
        let dir = self.path.clone();
        // Plik's clients are told it; nobody needs it for a file uploaded by PUT.
        let digest = matches!(key, Key::File { .. }).then(Md5::new);
        let writing = spawn_blocking(move || write_data(&dir, pieces, digest));
        while let Some(piece) = body.next().await {
            // A failed writer reports its error at the end.
            if send.send(piece?).await.is_err() {
                break;
            }
        }
        drop(send);
        let written = finished(writing.await)?;
        let old = self.facts_path(key);
        facts.size = written.size;
        facts.md5.clone_from(&written.md5);
        facts.stored_us = (self.clock)();
        facts.tag = new_id();
        let (dir, data) = (self.path.clone(), self.data_path(&facts));
        finished(
            spawn_blocking(move || {
                let replaced = read_facts(&old).ok();
                let name = data.file_name().unwrap_or_default();
                written.file.appear(name).map_err(|(error, _)| error)?;
                let mut file = unfinished(&dir)?;
                file.write_all(&serde_json::to_vec(&facts)?)?;
                file.persist(&old).map_err(|error| error.error)?;
                if let Some(replaced) = replaced {
                    // If left over, it is an orphan that a sweep removes.
                    let _ = fs::remove_file(data_path(&dir, &replaced));
                }
                Ok(facts)
            })
            .await,
        )
    }
}

impl Backend for Directory {
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Stored<'a, Facts> {
        self.put(key, facts, body).boxed()
    }

    fn facts<'a>(&'a self, key: &'a Key) -> Stored<'a, Facts> {
        async move {
            let path = self.facts_path(key);
            let facts: Facts = finished(spawn_blocking(move || read_facts(&path)).await)?;
            match key {
                Key::File { name, .. } if *name != facts.name => Err(StorageError::NotFound),
                _ => Ok(facts),
            }
        }
        .boxed()
    }

    fn read<'a>(&'a self, _: &'a Key, facts: &'a Facts, range: Range<u64>) -> Stored<'a, Body<'static>> {
        async move {
            let (path, buffer) = (self.data_path(facts), self.buffer as u64);
            let open = move || {
                let mut file = open_file(&path)?;
                file.seek(SeekFrom::Start(range.start))?;
                Ok((file, range.end - range.start))
            };
            let (mut file, mut left) = finished(spawn_blocking(open).await)?;
            let (send, pieces) = mpsc::channel(QUEUE);
            spawn_blocking(move || {
                while left > 0 {
                    let piece = read_piece(&mut file, left.min(buffer));
                    left -= piece.as_ref().map_or(left, |piece| piece.len() as u64);
                    // Nobody takes it any more: the client has gone.
                    if send.blocking_send(piece).is_err() {
                        return;
                    }
                }
            });
            Ok(stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces))).boxed())
        }
        .boxed()
    }

    fn remove<'a>(&'a self, key: &'a Key) -> Stored<'a, ()> {
        async move {
            let (dir, path) = (self.path.clone(), self.facts_path(key));
            finished(spawn_blocking(move || remove(&dir, &path)).await)
        }
        .boxed()
    }

    fn sweep(&self, now_us: i64, overhead: u64) -> Stored<'_, u64> {
        let (dir, orphan) = (self.path.clone(), self.orphan);
        async move { finished(spawn_blocking(move || sweep(&dir, orphan, now_us, overhead)).await) }.boxed()
    }

    #[cfg(unix)]
    fn free(&self) -> Option<u64> {
        let facts = rustix::fs::statvfs(&self.path).ok()?;
        Some(facts.f_bavail.saturating_mul(facts.f_frsize))
    }

    #[cfg(not(unix))]
    fn free(&self) -> Option<u64> {
        None
    }
}

/// A file that has been written and will go unless it is kept.
struct Written {
    file: NewFile,
    size: u64,
    md5: Option<String>,
}

fn write_data(dir: &Path, mut pieces: mpsc::Receiver<Bytes>, mut digest: Option<Md5>) -> io::Result<Written> {
    let file = NewFile::create_in(dir)?;
    let mut size = 0;
    while let Some(piece) = pieces.blocking_recv() {
        file.file().write_all(&piece)?;
        if let Some(digest) = &mut digest {
            digest.update(&piece);
        }
        size += piece.len() as u64;
    }
    let md5 = digest.map(|digest| format!("{:x}", digest.finalize()));
    Ok(Written { file, size, md5 })
}

/// A new file that only we may read and that is removed unless it is renamed.
fn unfinished(dir: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .suffix(PART)
        .tempfile_in(dir)
}

fn read_piece(file: &mut File, length: u64) -> io::Result<Bytes> {
    let mut piece = Vec::with_capacity(length as usize);
    match file.take(length).read_to_end(&mut piece)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(piece.into()),
    }
}

fn data_path(dir: &Path, facts: &Facts) -> PathBuf {
    // The tag comes from a file that may have been edited: an invalid id leads nowhere.
    let tag = facts.tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    dir.join(if tag { facts.tag.as_str() } else { "" }.to_owned() + DATA)
}

fn read_facts(path: &Path) -> io::Result<Facts> {
    let mut text = Vec::new();
    open_file(path)?.take(64 << 10).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// Opens a file, but follows no symbolic link to one.
fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits() as i32);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(ErrorKind::NotFound.into())
    }
}

/// What the facts of a file say; `None` where there are none, or none that can be understood.
fn known_facts(path: &Path) -> io::Result<Option<Facts>> {
    match read_facts(path) {
        Ok(facts) => Ok(Some(facts)),
        Err(error) => match error.kind() {
            // The system's own codes say nothing of the file, such as that too many others are open.
            ErrorKind::NotFound | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Ok(None),
            _ => Err(error),
        },
    }
}

/// The metadata is removed first: whoever has removed it has removed the file.
fn remove(dir: &Path, path: &Path) -> io::Result<()> {
    let facts = read_facts(path)?;
    fs::remove_file(path)?;
    fs::remove_file(data_path(dir, &facts)).or_else(absent)
}

fn sweep(dir: &Path, orphan: Duration, now_us: i64, overhead: u64) -> io::Result<u64> {
    let mut kept = 0;
    let mut known = HashSet::new();
    let mut pieces = Vec::new();
    // Unreadable metadata may refer to any piece, so none is removed then.
    let mut all_known = true;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else {
            continue;
        };
        if name.ends_with(FACTS) {
            let Ok(facts) = known_facts(&path) else {
                all_known = false;
                continue;
            };
            let Some(facts) = facts else { continue };
            // One that cannot be removed counts on, and the next sweep tries again.
            if !(facts.is_over(now_us) && remove(dir, &path).or_else(absent).is_ok()) {
                kept = facts.size.saturating_add(overhead).saturating_add(kept);
                known.insert(data_path(dir, &facts));
            }
        } else if is_piece(name) {
            pieces.push(path);
        }
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(now_us.max(0) as u64);
    for path in pieces
        .into_iter()
        .filter(|path| all_known && !known.contains(path))
    {
        let written = fs::symlink_metadata(&path).and_then(|facts| facts.modified());
        let age = |written| now.duration_since(written).unwrap_or_default();
        if written.is_ok_and(|written| age(written) >= orphan) {
            // What is in the way, a directory perhaps, is not ours.
            let _ = fs::remove_file(&path);
        }
    }
    Ok(kept)
}

/// Whether that is a name which we give, and not somebody else's file.
fn is_piece(name: &str) -> bool {
    let data = name.strip_suffix(DATA);
    data.is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || (name.trim_start_matches('.').starts_with(UNFINISHED) && name.ends_with(PART))
}

fn absent(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

fn finished<T>(outcome: Result<io::Result<T>, tokio::task::JoinError>) -> Result<T, StorageError> {
    Ok(outcome.map_err(StorageError::ended)??)
}
