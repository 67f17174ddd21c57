//! `shape learn`: learns the shapes of messages, live or from files, and prints them.

use super::check_live::{LiveArgs, listen_to};
use super::checkup::FileArgs;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, pattern};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::stop::Stop;
use natsbridge_engine::{Shapes, Specimen, counted, subject_matches, write_shapes};
use natsbridge_wire::{Limits, SafeText, decode_message};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `shape learn`.
#[derive(Debug, clap::Args)]
pub(super) struct LearnArgs {
    /// Subjects to learn from, until Ctrl-C, --count or --timeout; with --from those of the files, all unless named
    #[arg(value_name = "SUBJECT", value_parser = pattern, required_unless_present = "from")]
    subjects: Vec<String>,
    /// Learns from a tape or another file of messages instead; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "timeout"])]
    from: Vec<PathBuf>,
    /// Ends after this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached
    #[arg(long, value_name = "DUR", value_parser = duration)]
    timeout: Option<Duration>,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl LearnArgs {
    /// Learns, and prints the file.
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let limits = &context.settings.limits;
        let mut shapes = Shapes::new(limits);
        let mut exit = Exit::Done;
        if self.from.is_empty() {
            let live = LiveArgs {
                subject: self.subjects,
                count: self.count,
                timeout: self.timeout,
            };
            let connect = context.connect_options(&self.connection, None)?;
            let mut stop = Stop::listen()?;
            let mut take = |specimens: &[Specimen]| {
                for specimen in specimens {
                    learn(&mut shapes, specimen, limits);
                }
                Ok(())
            };
            exit = listen_to(&live, "Learning from", connect, &mut stop, &mut take).await?;
        } else {
            learn_files(&mut shapes, self.from, &self.subjects, limits)?;
        }
        if shapes.messages == 0 {
            return Err(Failure::usage("Nothing was learned: there was no message."));
        }
        Out::stdout().bytes(write_shapes(shapes.all()).as_bytes())?;
        tell(&shapes);
        // Ctrl-C is how one says that it is enough.
        Ok(if exit == Exit::No { Exit::No } else { Exit::Done })
    }
}

/// Learns from all messages of the files on these subjects.
pub(super) fn learn_files(
    shapes: &mut Shapes,
    files: Vec<PathBuf>,
    subjects: &[String],
    limits: &Limits,
) -> Result<(), Failure> {
    let end = FileArgs::of(files).each_message(limits, |specimen| {
        let wanted = subjects.is_empty()
            || subjects
                .iter()
                .any(|pattern| subject_matches(pattern, &specimen.subject));
        if wanted {
            learn(shapes, &specimen, limits);
        }
        Ok(())
    })?;
    match end.exit(1, false)? {
        Exit::Done => Ok(()),
        _ => Err(Failure::usage(
            "Not all of the files could be read, so nothing is told of them.",
        )),
    }
}

fn learn(shapes: &mut Shapes, specimen: &Specimen, limits: &Limits) {
    let message = decode_message(&specimen.raw, &specimen.subject, limits);
    shapes.learn(
        &message,
        &specimen.subject,
        specimen.at_us.unwrap_or_default(),
        specimen.index,
    );
}

/// Says what was learned, and what was not.
fn tell(shapes: &Shapes) {
    let all = shapes.all();
    let messages = usize::try_from(shapes.messages).unwrap_or(usize::MAX);
    output::note(&format!(
        "Learned {} from {}.",
        counted(all.len(), "subject"),
        counted(messages, "message")
    ));
    for shape in all.iter().filter(|shape| shape.subjects > 1) {
        output::note(&format!(
            "{} stands for about {} whose messages look alike.",
            SafeText::new(&shape.subject).as_str(),
            counted(usize::try_from(shape.subjects).unwrap_or(usize::MAX), "subject")
        ));
    }
    if shapes.forgotten > 0 {
        output::warning(&format!(
            "{} forgotten for want of memory: raise shape_memory under [limits] in the settings, or learn fewer at once.",
            counted(usize::try_from(shapes.forgotten).unwrap_or(usize::MAX), "subject")
        ));
    }
}
