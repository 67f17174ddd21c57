//! `shape diff`: compares two files of shapes, or what is learned from two tapes.

use super::shape_learn::learn_files;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::{Out, json_line};
use crate::cli::shapes_file::contract;
use natsbridge_engine::{Against, Change, Shapes, Tree, compare, is_shapes_file, stands_for};
use natsbridge_wire::{Limits, SafeText};
use serde_json::json;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Bytes by which a file of shapes is told from others.
const HEAD: u64 = 4096;

/// Arguments of `shape diff`.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// A file of shapes, a tape, or another file of messages
    #[arg(value_name = "A")]
    before: PathBuf,
    /// Another
    #[arg(value_name = "B")]
    after: PathBuf,
    /// JSON lines, one for each difference
    #[arg(long)]
    json: bool,
}

/// What is known of each subject.
struct Side {
    name: String,
    subjects: Vec<(String, Tree)>,
}

impl DiffArgs {
    /// Prints the differences.
    pub(super) fn run(self, context: &Context) -> Outcome {
        let limits = &context.settings.limits;
        let before = Side::open(&self.before, limits)?;
        let after = Side::open(&self.after, limits)?;
        let mut out = Out::stdout();
        let mut differ = false;
        for (subject, tree) in &before.subjects {
            let Some(other) = after.tree(subject) else {
                differ = true;
                self.only(&mut out, subject, &before.name)?;
                continue;
            };
            let changes = compare(tree, other);
            differ |= !changes.is_empty();
            self.changes(&mut out, subject, &changes, &before.name)?;
        }
        for (subject, _) in &after.subjects {
            if before.tree(subject).is_none() {
                differ = true;
                self.only(&mut out, subject, &after.name)?;
            }
        }
        Ok(if differ { Exit::No } else { Exit::Done })
    }

    fn only(&self, out: &mut Out, subject: &str, file: &str) -> Result<(), Failure> {
        if self.json {
            return out.line(&json_line(&json!({ "subject": subject, "only_in": file })));
        }
        let line = format!("{subject}  only in {file}");
        out.line(SafeText::new(&line).as_str())
    }

    fn changes(&self, out: &mut Out, subject: &str, changes: &[Change], before: &str) -> Result<(), Failure> {
        if !self.json && !changes.is_empty() {
            out.line(SafeText::new(subject).as_str())?;
        }
        for change in changes {
            if self.json {
                out.line(&json_line(&json!({
                    "subject": subject, "code": change.code.name(), "path": change.path,
                    "from": change.from, "to": change.to,
                })))?;
                continue;
            }
            let sentence = change.sentence(Against::File(before));
            out.line(&format!("  {}  {sentence}", change.code.name()))?;
        }
        Ok(())
    }
}

impl Side {
    fn open(path: &Path, limits: &Limits) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
        // What cannot be read is told by whoever reads all of it.
        let is_shapes = read.is_ok() && is_shapes_file(&String::from_utf8_lossy(&head));
        let subjects = if is_shapes {
            let expected = contract(path, limits)?.into_expected().into_iter();
            expected
                .map(|expected| (expected.subject, expected.tree))
                .collect()
        } else {
            let mut shapes = Shapes::new(limits);
            learn_files(&mut shapes, vec![path.to_owned()], &[], limits)?;
            let all = shapes.all().into_iter();
            all.map(|shape| (shape.subject.to_string(), shape.whole()))
                .collect()
        };
        Ok(Self { name, subjects })
    }

    /// What is known of a subject, which may be a pattern on either side.
    fn tree(&self, subject: &str) -> Option<&Tree> {
        let named = self.subjects.iter().find(|(name, _)| name == subject);
        let alike = || {
            let mut all = self.subjects.iter();
            all.find(|(name, _)| stands_for(name, subject) || stands_for(subject, name))
        };
        named.or_else(alike).map(|(_, tree)| tree)
    }
}
