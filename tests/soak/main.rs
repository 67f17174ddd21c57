//! The workbench on a real terminal and a real broker, for minutes or hours, through one fault after the other of a fixed
//! list. It may not end, has to be back 3 s after a fault is over, may not grow, and has to tell of every message that it
//! lost.
//!
//! `cargo test --bench soak -- [--minutes N] [--seed N]`: 2 minutes unless told otherwise.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test speaks to a person and fails by panicking"
)]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

mod faults;
mod proxy;
mod terminal;
mod traffic;
mod verdict;

#[expect(dead_code, reason = "the tests need more of it")]
mod support;

use faults::{FAULTS, Stage};
use std::time::{Duration, Instant};
use support::binary::Folder;
use support::servers::nats_server_with;
use support::small_disk::SmallDisk;
use traffic::Traffic;
use verdict::Verdict;

/// Faults an hour, at least.
const AN_HOUR: f64 = 400.0;
/// How long things may take to be as they were, for nineteen of twenty faults.
const SOON: Duration = Duration::from_secs(3);
/// Memory of the store and of its part on disk: small, so that both are soon full.
const SETTINGS: &str = "theme = \"night\"\nspill = \"40MiB\"\n[limits]\nstore_bytes = \"32MiB\"\n";

fn main() {
    let (mut minutes, mut seed) = (2.0, 1);
    let words: Vec<String> = std::env::args().skip(1).collect();
    for pair in words.windows(2) {
        match &*pair[0] {
            "--minutes" => minutes = pair[1].parse().expect("a number"),
            "--seed" => seed = pair[1].parse().expect("a number"),
            _ => {}
        }
    }
    let Some(broker) = nats_server_with("max_payload: 8MB") else {
        return;
    };
    let folder = Folder::new();
    let disk = SmallDisk::mount(&folder, 64, "", "the full disk of the soak");
    let mut stage = Stage::new(broker, &folder, disk, SETTINGS);
    let traffic = Traffic::start(&stage.broker.address());
    let (started, mut rng) = (Instant::now(), seed);
    let mut verdict = Verdict::default();
    while started.elapsed().as_secs_f64() < minutes * 60.0 {
        // Every fault once, in another order each time.
        let mut round: Vec<_> = FAULTS.iter().collect();
        shuffle(&mut round, &mut rng);
        for fault in round {
            if started.elapsed().as_secs_f64() < minutes * 60.0 && (fault.run)(&mut stage) {
                let back = stage.terminal.wait_until_back(&traffic);
                verdict.fault(fault.name, back);
            }
        }
    }
    let hours = started.elapsed().as_secs_f64() / 3600.0;
    // What is published after the end is nobody's loss.
    let published = traffic.stop();
    let memory = stage.terminal.end();
    assert!(
        verdict.count() as f64 >= AN_HOUR * hours,
        "only {} faults",
        verdict.count()
    );
    verdict.times(SOON);
    Verdict::memory(&memory);
    Verdict::losses(&folder.path().join("tape.jsonl"), &published);
    stage.check_nothing_is_left();
}

/// The same order for the same seed.
fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for last in (1..items.len()).rev() {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (*seed >> 33) as usize % (last + 1));
    }
}
