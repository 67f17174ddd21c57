//! The writing end of a tape: turns raw copies into lines and writes them in large blocks, for a recording on a thread that
//! flushes when nothing more waits. When the disk is full, it stops, cuts off the partial line and reports it.

use super::block::Piece;
use super::counts::RecordingCounts;
use super::encode::{Encoder, Opening};
use super::error::{TapeError, reason};
use super::intake::Intake;
use super::options::NewTape;
use super::tap::RecordingTap;
use crate::clock;
use natsbridge_wire::Limits;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, TryRecvError};

/// What a tape is written to.
pub(super) trait Sink: Write + Send {
    /// Cuts off what lies behind so many bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Waits until everything is on the disk.
    fn settle(&mut self) -> io::Result<()>;
}

impl Sink for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn settle(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Starts recording what passes the tap. The receiver is notified when the file is complete, after the tap was closed
/// or the disk was full.
pub(crate) fn start_writer(
    tape: NewTape,
    server: &str,
    subjects: &[String],
    tap: &RecordingTap,
    limits: &Limits,
) -> Result<(Arc<RecordingCounts>, tokio::sync::oneshot::Receiver<()>), TapeError> {
    survive_file_size_limit();
    let NewTape { file, path, most } = tape;
    let started_us = clock::now_us();
    let watched = file.try_clone().ok();
    let tally = Arc::new(RecordingCounts::new(path.clone(), started_us, watched));
    let (pieces, waiting) = mpsc::channel();
    let mut writer = Writer::new(file, Arc::clone(&tally), limits);
    writer.begin(&Opening {
        started_us,
        server,
        subjects,
    });
    if !tap.open(Intake::new(pieces, Arc::clone(&tally), limits, most)) {
        return Err(TapeError::Recording(path));
    }
    let (done, ended) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("tape".into());
    let attached = tap.clone();
    let started = thread.spawn(move || {
        writer.run(&waiting, &attached);
        done.send(()).ok();
    });
    if let Err(error) = started {
        tap.close(&tally);
        return Err(TapeError::NoThread(error));
    }
    Ok((tally, ended))
}

/// A limit on file sizes kills the process by a signal unless it is handled; then writing fails as it does on a full
/// disk.
pub(super) fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let heard = Arc::default();
        // Where that is not possible nothing changes.
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, heard).ok();
    }
}

/// Writes one tape.
pub(super) struct Writer<S> {
    pub(super) sink: S,
    tally: Arc<RecordingCounts>,
    encoder: Encoder,
    block: usize,
    line: usize,
    link: u64,
    /// Lines to be written.
    out: Vec<u8>,
    /// Where each of them ends, and how many messages it is.
    ends: Vec<(usize, u64)>,
}

impl<S: Sink> Writer<S> {
    /// Nothing written yet.
    pub(super) fn new(sink: S, tally: Arc<RecordingCounts>, limits: &Limits) -> Self {
        Self {
            sink,
            tally,
            encoder: Encoder::default(),
            block: limits.tape_block,
            line: limits.tape_line,
            link: limits.tape_link,
            out: Vec::with_capacity(limits.tape_block * 2),
            ends: Vec::new(),
        }
    }

    /// Writes the first line.
    pub(super) fn begin(&mut self, opening: &Opening<'_>) {
        self.encoder.start(&mut self.out, opening);
        self.ends.push((self.out.len(), 0));
    }

    /// Writes until the tap is closed and nothing waits any more, or the disk takes no more.
    fn run(mut self, pieces: &Receiver<Piece>, tap: &RecordingTap) {
        if let Err(error) = self.write(pieces) {
            // Nothing new arrives after this, so everything waiting can be counted.
            tap.close(&self.tally);
            let unwritten: u64 = self.ends.iter().map(|(_, messages)| messages).sum();
            let waiting: u64 = pieces.iter().map(|piece| messages(&piece)).sum();
            self.tally
                .missed
                .fetch_add(unwritten + waiting, Ordering::Relaxed);
            self.tally.trouble(reason(&error));
        }
    }

    fn write(&mut self, pieces: &Receiver<Piece>) -> io::Result<()> {
        loop {
            let piece = match pieces.try_recv() {
                Ok(piece) => piece,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    self.flush()?;
                    match pieces.recv() {
                        Ok(piece) => piece,
                        Err(_) => break,
                    }
                }
            };
            self.encode(piece)?;
        }
        self.end()
    }

    /// Writes the last line, and waits until all is on the disk.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        let (messages, missed) = (&self.tally.messages, &self.tally.missed);
        let counts = (messages.load(Ordering::Relaxed), missed.load(Ordering::Relaxed));
        let now_us = clock::now_us();
        self.encoder.end(&mut self.out, now_us, counts.0, counts.1);
        self.ends.push((self.out.len(), 0));
        self.flush()?;
        // A remote disk may only report now that it is full.
        self.sink.settle()
    }

    /// Takes one thing in, and writes what is encoded once it is a block.
    pub(super) fn encode(&mut self, piece: Piece) -> io::Result<()> {
        match piece {
            Piece::Messages(block) => {
                let mut messages = block.iter();
                while let Some(message) = messages.next() {
                    let start = self.out.len();
                    self.encoder.message(&mut self.out, &message);
                    if self.out.len() - start > self.line {
                        self.out.truncate(start);
                        let bytes = message.payload.len() as u64;
                        self.encoder.missed(&mut self.out, message.number, 1, bytes);
                        self.tally.missed.fetch_add(1, Ordering::Relaxed);
                        self.ends.push((self.out.len(), 0));
                    } else {
                        self.ends.push((self.out.len(), 1));
                    }
                    if self.out.len() >= self.block
                        && let Err(error) = self.flush()
                    {
                        let missed = messages.count() as u64;
                        self.tally.missed.fetch_add(missed, Ordering::Relaxed);
                        return Err(error);
                    }
                }
                drop(messages);
                self.tally.waiting.fetch_sub(block.len(), Ordering::Relaxed);
                return Ok(());
            }
            Piece::Missed {
                from,
                messages,
                bytes,
            } => self.encoder.missed(&mut self.out, from, messages, bytes),
            Piece::Gap(gap) => self.encoder.gap(&mut self.out, &gap),
            Piece::Link { at_us, url, body } => {
                // A body that can no longer be read counts as not saved, as if it had never been fetched.
                if let Ok(Some(bytes)) = body.load(self.link) {
                    self.encoder.link(&mut self.out, at_us, &url, &bytes);
                }
            }
        }
        self.ends.push((self.out.len(), 0));
        if self.out.len() >= self.block {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what is encoded. On an error the file ends with the last complete line that fitted, and `ends` has the
    /// rest.
    fn flush(&mut self) -> io::Result<()> {
        let mut written = 0;
        let outcome = loop {
            if written == self.out.len() {
                break Ok(());
            }
            match self.sink.write(&self.out[written..]) {
                Ok(0) => break Err(ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        let whole = self.ends.partition_point(|(end, _)| *end <= written);
        let kept = whole.checked_sub(1).map_or(0, |last| self.ends[last].0);
        let messages: u64 = self.ends.drain(..whole).map(|(_, messages)| messages).sum();
        self.tally.messages.fetch_add(messages, Ordering::Relaxed);
        let bytes = self.tally.bytes.fetch_add(kept as u64, Ordering::Relaxed) + kept as u64;
        self.out.clear();
        if outcome.is_err() && kept < written {
            // If that fails too, the partial line stays and is detected when the tape is read.
            self.sink.cut(bytes).ok();
        }
        outcome
    }
}

fn messages(piece: &Piece) -> u64 {
    match piece {
        Piece::Messages(block) => block.messages(),
        Piece::Missed { .. } | Piece::Gap(_) | Piece::Link { .. } => 0,
    }
}
