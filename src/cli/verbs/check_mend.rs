//! `check --mend`: rewrites messages from files for a peer, one per line.

use super::checkup::FileArgs;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::output;
use crate::cli::output::{Out, escape_json};
use natsbridge_engine::{Specimen, Surroundings, clock, examine};
use natsbridge_ui::counted;
use natsbridge_wire::{Limits, READERS, Reader, rewrite_for};

/// The reader of that name.
pub(super) fn reader(name: &str) -> Result<&'static Reader, String> {
    READERS.iter().find(|reader| reader.name == name).ok_or_else(|| {
        let names: Vec<_> = READERS.iter().map(|reader| reader.name).collect();
        format!("unknown reader {name}; the readers are {}", names.join(", "))
    })
}

/// Rewrites every message of the files; what cannot be read, recovered or rewritten is reported on standard error.
pub(super) fn mend_files(files: &FileArgs, reader: &Reader, limits: &Limits) -> Outcome {
    let mut mender = Mender {
        reader,
        limits,
        out: Out::stdout(),
        mended: 0,
        short: 0,
    };
    let end = files.each_message(limits, |specimen| mender.take(&specimen))?;
    let (mended, short) = (mender.mended, mender.short);
    output::note(&format!(
        "{} rewritten for {}, {short} of them incomplete or skipped.",
        counted(mended, "message"),
        reader.title
    ));
    end.exit(mended + short, short > 0)
}

struct Mender<'a> {
    reader: &'a Reader,
    limits: &'a Limits,
    out: Out,
    mended: usize,
    /// Those that could not be rewritten, or that the reader still cannot read completely.
    short: usize,
}

impl Mender<'_> {
    fn take(&mut self, specimen: &Specimen) -> Result<(), Failure> {
        let around = Surroundings {
            circumstances: specimen.circumstances(),
            ..Surroundings::default()
        };
        let message = examine(&specimen.raw, &around, self.limits).decoded;
        let mut new_id = || clock::random_uuid().to_string();
        let place = format!("{} #{}", specimen.source, specimen.index);
        let mended = match rewrite_for(&message, self.reader, self.limits, specimen.at_us, &mut new_id) {
            Ok(mended) => mended,
            Err(why) => {
                self.short += 1;
                output::warning(&format!("{place}: {why}"));
                return Ok(());
            }
        };
        self.mended += 1;
        self.short += usize::from(!mended.left.is_empty() || !mended.lost.is_empty());
        for reason in &mended.left {
            output::warning(&format!(
                "{place}: still cannot be read: {} {}",
                reason.path, reason.message
            ));
        }
        for finding in &mended.lost {
            output::warning(&format!(
                "{place}: left out: {} {}",
                finding.path, finding.message
            ));
        }
        self.out.line(&escape_json(String::from_utf8_lossy(&mended.raw)))
    }
}
