//! Mutants of real messages, tables, pictures, sound and film, protocol frames and tapes: none may abort the program, let a
//! panic out, take more memory than its limits allow, or hang.
//!
//! `cargo test --test fuzz -- [TARGET…] [--count N] [--seed N]`: so many mutants of each target, of all if none is named. A
//! mutant is made of target, seed and number alone, so that a run in a child process with little memory can be repeated by
//! its parent: one that fails is written to a file and tried again with `… -- TARGET --replay FILE`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test speaks to a person and fails by panicking"
)]
#![expect(clippy::disallowed_methods, reason = "it measures how long a mutant takes")]

mod dice;
mod mutations;
mod run;
mod targets;

use run::{Run, run_all};
use std::path::PathBuf;
use std::process::ExitCode;
use targets::{TARGETS, Target};

/// Mutants of each target unless told otherwise: as many as take half a minute on two idle cores without optimisation.
const FEW: u64 = 60_000;

/// What is asked for.
struct Asked {
    targets: Vec<&'static Target>,
    count: u64,
    seed: u64,
    replay: Option<PathBuf>,
    /// A child's share, and where it says how far it is.
    child: Option<(u64, PathBuf)>,
}

fn main() -> ExitCode {
    let asked = asked();
    if let (Some(file), [target]) = (&asked.replay, &asked.targets[..]) {
        let bytes = std::fs::read(file).expect("the mutant's file");
        run::quiet();
        (target.check)(&bytes);
        println!("{}: {} bytes, nothing wrong", target.name, bytes.len());
        return ExitCode::SUCCESS;
    }
    let run = |target| Run {
        target,
        seed: asked.seed,
        count: asked.count,
    };
    match (&asked.child, &asked.targets[..]) {
        (Some((from, place)), [target]) => run(target).share(*from, place),
        (None, _) if asked.replay.is_none() => {
            let runs: Vec<Run> = asked.targets.iter().map(|target| run(target)).collect();
            if !run_all(&runs) {
                return ExitCode::FAILURE;
            }
        }
        _ => panic!("name the one target of the mutant"),
    }
    ExitCode::SUCCESS
}

fn asked() -> Asked {
    let mut asked = Asked {
        targets: vec![],
        count: FEW,
        seed: 1,
        replay: None,
        child: None,
    };
    let mut words = std::env::args().skip(1).peekable();
    let mut named = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value"));
        match &*word {
            "--count" => asked.count = value().parse().expect("a number"),
            "--seed" => asked.seed = value().parse().expect("a number"),
            "--replay" => asked.replay = Some(value().into()),
            "--share" => asked.child = Some((value().parse().expect("a number"), value().into())),
            // What is meant for the usual test runner says nothing here.
            option if option.starts_with('-') => {}
            // As there, a word is a part of a name.
            name => {
                named = true;
                asked
                    .targets
                    .extend(TARGETS.iter().filter(|target| target.name.contains(name)));
            }
        }
    }
    if !named {
        asked.targets = TARGETS.iter().collect();
    }
    asked
}
