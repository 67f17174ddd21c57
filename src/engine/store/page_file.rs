//! Files that pages are moved to. They have no name where the system allows that, and lose it at once elsewhere, so that
//! nothing is left of them however the program ends; their room is free again once the last of their pages is gone.

use super::chunks::Chunks;
use super::slot::{ROW, Slot};
use super::subject_column::SubjectColumn;
use crate::files::{read_at, write_at};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// Bytes that are written at a time.
const BLOCK: usize = 1 << 20;

/// A file that pages are added to.
#[derive(Debug)]
pub(super) struct PageFile {
    file: Arc<File>,
    end: u64,
    block: Vec<u8>,
}

/// A page in a file: its rows, then the bytes of its records.
#[derive(Debug)]
pub(super) struct StoredPage {
    file: Arc<File>,
    at: u64,
    /// Bytes of its records.
    bytes: usize,
    pub(super) subjects: SubjectColumn,
    /// Rows are read whole or not at all while they are written again.
    changes: RwLock<()>,
}

impl PageFile {
    /// A new one in that folder, which is made if it is not there, for its owner only; without a folder in that of the
    /// system for temporary files.
    pub(super) fn create(folder: Option<&Path>) -> io::Result<Self> {
        let file = match folder {
            Some(folder) => {
                make_private(folder)?;
                tempfile::tempfile_in(folder)?
            }
            None => tempfile::tempfile()?,
        };
        Ok(Self {
            file: Arc::new(file),
            end: 0,
            block: Vec::new(),
        })
    }

    /// Whether another page may be added: there are fewer than so many bytes, and they are still there.
    pub(super) fn takes_more(&self, most: u64) -> bool {
        self.end < most && self.file.metadata().is_ok_and(|file| file.len() >= self.end)
    }

    /// Adds a page; if that fails, the file is as before.
    pub(super) fn add(&mut self, rows: &[Slot], records: &Chunks) -> io::Result<StoredPage> {
        let written = self.write(rows, records);
        if written.is_err() {
            // Room that is not given back now is when the file goes.
            self.file.set_len(self.end).ok();
        }
        let at = std::mem::replace(&mut self.end, written?);
        Ok(StoredPage {
            file: Arc::clone(&self.file),
            at,
            bytes: records.len(),
            subjects: SubjectColumn::new(rows.iter().map(|row| row.subject)),
            changes: RwLock::new(()),
        })
    }

    /// Writes a page at the end; returns the new end.
    fn write(&mut self, rows: &[Slot], records: &Chunks) -> io::Result<u64> {
        let mut end = self.end;
        self.block.clear();
        for row in rows {
            row.write(&mut self.block);
        }
        for (_, chunk) in records.iter() {
            if self.block.len() + chunk.len() > BLOCK {
                write_at(&self.file, &self.block, end)?;
                end += self.block.len() as u64;
                self.block.clear();
            }
            if chunk.len() > BLOCK {
                write_at(&self.file, chunk, end)?;
                end += chunk.len() as u64;
            } else {
                self.block.extend_from_slice(chunk);
            }
        }
        write_at(&self.file, &self.block, end)?;
        Ok(end + self.block.len() as u64)
    }
}

impl StoredPage {
    /// Bytes that it takes on disk.
    pub(super) fn size(&self) -> u64 {
        (self.subjects.len() * ROW + self.bytes) as u64
    }

    /// Bytes of its records.
    pub(super) fn record_bytes(&self) -> usize {
        self.bytes
    }

    /// Whether both lie in one file.
    pub(super) fn shares_file(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }

    /// Reads some of its rows, and hands them over before they may change.
    pub(super) fn rows<T>(&self, rows: Range<usize>, take: impl FnOnce(Vec<Slot>) -> T) -> io::Result<T> {
        let _unchanged = self.changes.read().unwrap_or_else(PoisonError::into_inner);
        Ok(take(self.read_rows(rows)?))
    }

    /// Reads bytes of its records, from a place on.
    pub(super) fn records(&self, start: usize, buffer: &mut [u8]) -> io::Result<()> {
        let start = self.at + (self.subjects.len() * ROW + start) as u64;
        read_at(&self.file, buffer, start)
    }

    /// Changes some of its rows where they lie; `after` is done before anybody reads them again.
    pub(super) fn change(
        &self,
        rows: Range<usize>,
        mut change: impl FnMut(usize, &mut Slot),
        after: impl FnOnce(),
    ) -> io::Result<()> {
        let _alone = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        let mut slots = self.read_rows(rows.clone())?;
        let mut bytes = Vec::with_capacity(slots.len() * ROW);
        for (row, slot) in rows.clone().zip(&mut slots) {
            change(row, slot);
            slot.write(&mut bytes);
        }
        write_at(&self.file, &bytes, self.at + (rows.start * ROW) as u64)?;
        after();
        Ok(())
    }

    fn read_rows(&self, rows: Range<usize>) -> io::Result<Vec<Slot>> {
        let mut bytes = vec![0; rows.len() * ROW];
        read_at(&self.file, &mut bytes, self.at + (rows.start * ROW) as u64)?;
        let (rows, _) = bytes.as_chunks();
        let rows: Option<Vec<Slot>> = rows.iter().map(Slot::read).collect();
        let ends = rows
            .as_ref()
            .and_then(|rows| rows.last())
            .map(|row| row.record.range().end);
        match rows.filter(|_| ends.is_none_or(|end| end <= self.bytes)) {
            Some(rows) => Ok(rows),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "the file was damaged")),
        }
    }
}

/// Makes a folder that only its owner can look into; one that is there stays as it is.
/// Tries whether messages can be moved to a folder; it is made if it is not there.
pub fn try_spill_folder(folder: &Path) -> io::Result<()> {
    PageFile::create(Some(folder)).map(drop)
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::*;
    use bytes::Bytes;

    /// Adds a page; its first row has all the bytes.
    fn add(file: &mut PageFile, count: i64, length: usize) -> StoredPage {
        let mut chunks = Chunks::default();
        for at in 0..3 {
            chunks.push(Bytes::from(vec![at; length / 3]));
        }
        let bytes = chunks.len() as u32;
        let row = |at_us| Slot {
            at_us,
            record: Record {
                at: if at_us == 0 { 0 } else { bytes },
                payload: if at_us == 0 { bytes } else { 0 },
                ..Record::default()
            },
            ..Slot::default()
        };
        let rows: Vec<Slot> = (0..count).map(row).collect();
        file.add(&rows, &chunks).unwrap()
    }

    fn times(page: &StoredPage) -> io::Result<Vec<i64>> {
        page.rows(0..page.subjects.len(), |rows| {
            rows.iter().map(|row| row.at_us).collect()
        })
    }

    #[test]
    fn pages_come_back_whole_and_changed_rows_stay_changed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a/b");
        let mut file = PageFile::create(Some(&folder)).unwrap();
        let pages = [(3, 10), (5, 3 * BLOCK), (1, 0)];
        let pages = pages.map(|(count, length)| add(&mut file, count, length));
        assert_eq!(file.end, pages.iter().map(StoredPage::size).sum::<u64>());
        assert_eq!(
            std::fs::read_dir(&folder).unwrap().count(),
            0,
            "they have no name"
        );
        let mut done = false;
        let change = |row: usize, slot: &mut Slot| slot.at_us = 100 + row as i64;
        pages[1].change(1..3, change, || done = true).unwrap();
        let mut buffer = Vec::new();
        let expected = [vec![0, 1, 2], vec![0, 101, 102, 3, 4], vec![0]];
        for (page, expected) in pages.iter().zip(expected) {
            assert_eq!(times(page).unwrap(), expected);
            buffer.resize(page.record_bytes(), 0);
            page.records(0, &mut buffer).unwrap();
            let third = page.record_bytes() / 3;
            let mut bytes = buffer.iter().enumerate();
            assert!(bytes.all(|(at, byte)| usize::from(*byte) == at / third));
        }
        assert!(done && pages[0].shares_file(&pages[2]));
    }

    #[test]
    fn a_file_that_lost_bytes_is_noticed_and_gets_no_more() {
        let mut file = PageFile::create(None).unwrap();
        let pages = [5, 6].map(|count| add(&mut file, count, 300));
        assert!(file.takes_more(file.end + 1) && !file.takes_more(file.end));
        file.file.set_len(pages[0].size() + 10).unwrap();
        assert!(!file.takes_more(file.end + 1));
        assert_eq!(times(&pages[0]).unwrap().len(), 5);
        assert_eq!(times(&pages[1]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        file.file.set_len(file.end).unwrap();
        assert_eq!(times(&pages[1]).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[cfg(unix)]
    #[test]
    fn its_folder_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("spill");
        let _file = PageFile::create(Some(&folder)).unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
