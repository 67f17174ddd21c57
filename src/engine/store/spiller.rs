//! Moves pages from memory to disk, oldest first, on a thread of its own: neither the receiver nor a reader waits for it.

use super::books::Spilled;
use super::contents::Contents;
use super::page::InMemory;
use super::page_file::{PageFile, StoredPage};
use super::spill_fault::SpillFault;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes of one file at most: with it, all messages in it are evicted.
const FILE: u64 = 64 << 20;
/// Files that the share of the disk is divided into at least.
const FILES: u64 = 16;

/// What moves the pages of one store.
#[derive(Debug)]
pub(super) struct Spiller {
    contents: Arc<Contents>,
    folder: Option<PathBuf>,
    /// Bytes that may lie on disk.
    share: u64,
    /// The file that pages are added to.
    file: Option<PageFile>,
}

impl Spiller {
    /// Starts the thread, if these limits want it; it looks for work whenever it is woken, and ends once nobody can wake it.
    pub(super) fn start(contents: &Arc<Contents>, limits: &Limits) -> Option<SyncSender<()>> {
        if limits.store_spill == 0 {
            return None;
        }
        let mut spiller = Self {
            contents: Arc::clone(contents),
            folder: limits.store_folder.clone(),
            share: limits.store_spill,
            file: None,
        };
        // One token: it means "check again", so a second adds nothing.
        let (wake, work) = sync_channel(1);
        let run = move || spiller.run(&work);
        let started = std::thread::Builder::new().name("spiller".into()).spawn(run);
        match started {
            Ok(_) => Some(wake),
            Err(error) => {
                let folder = limits.store_folder.clone().unwrap_or_else(std::env::temp_dir);
                let cause = Cause::of(error);
                contents.faults.tell(SpillFault::Ended { folder, cause });
                None
            }
        }
    }

    fn run(&mut self, work: &Receiver<()>) {
        while work.recv().is_ok() {
            while let Some((first, page)) = self.to_spill() {
                let spilled = self.spill(first, page);
                if let Err(error) = spilled.or_else(|error| self.make_room(error)) {
                    let (folder, cause) = (self.shown_folder(), Cause::of(error));
                    return self.contents.faults.tell(SpillFault::Ended { folder, cause });
                }
            }
        }
    }

    fn to_spill(&self) -> Option<(u64, InMemory)> {
        self.contents.books().to_spill()
    }

    /// Moves one page, and evicts what there is no room for any more.
    fn spill(&mut self, first: u64, page: InMemory) -> io::Result<()> {
        let stored = Arc::new(self.write(&page)?);
        let mut rows = page.rows;
        let mut gone = Vec::new();
        loop {
            let mut books = self.contents.books();
            match books.spilled(first, &rows, &stored) {
                // In one go, so that nobody sees more on disk than may lie there.
                Spilled::Done => {
                    while books.counters.bytes_on_disk > self.share && books.evict_file(&mut gone) {}
                    return Ok(());
                }
                Spilled::Gone => return Ok(()),
                Spilled::Changed(newest) => {
                    drop(books);
                    stored.change(0..newest.len(), |row, slot| *slot = newest[row], || ())?;
                    rows = newest;
                }
            }
        }
    }

    fn write(&mut self, page: &InMemory) -> io::Result<StoredPage> {
        let most = FILE.min(self.share / FILES);
        let file = match self.file.take().filter(|file| file.takes_more(most)) {
            Some(file) => file,
            None => PageFile::create(self.folder.as_deref())?,
        };
        self.file.insert(file).add(&page.rows, &page.records)
    }

    /// Evicts the oldest messages on a disk that is full: from now on, what lay there is what may lie there.
    fn make_room(&mut self, error: io::Error) -> io::Result<()> {
        if !matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ) {
            return Err(error);
        }
        // What was written of the page is given back.
        self.file = None;
        let mut gone = Vec::new();
        let mut books = self.contents.books();
        let share = self.share.min(books.counters.bytes_on_disk);
        let freed = books.evict_file(&mut gone);
        drop(books);
        if !freed {
            return Err(error);
        }
        self.share = share;
        self.contents.faults.tell(SpillFault::Full(self.shown_folder()));
        Ok(())
    }

    fn shown_folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(std::env::temp_dir)
    }
}
