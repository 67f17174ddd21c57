//! Runs mutants in child processes that have little memory and say how far they are, and finds the one that ended a child.

use crate::dice::Dice;
use crate::targets::Target;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Parts of a run, so that cores that are done take over from those that are not.
const SHARES: u64 = 4;
/// The longest that one mutant may take, on a busy machine and without optimisation.
const LONGEST: Duration = Duration::from_secs(20);

/// So many mutants of a target.
#[derive(Clone, Copy)]
pub struct Run {
    pub target: &'static Target,
    pub seed: u64,
    pub count: u64,
}

/// What a share of a run tells when it is done.
#[derive(Default)]
struct Told {
    /// Mutants that were understood, at least in part.
    good: u64,
    /// The most memory it had, in KiB.
    peak: u64,
    /// The longest that a mutant took.
    slowest: Duration,
}

impl Run {
    fn mutant(self, number: u64, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut dice = Dice::new(self.seed, number);
        let seed = &seeds[(number % seeds.len() as u64) as usize];
        let other = dice.pick(seeds);
        (self.target.mutate)(seed, other, &mut dice)
    }

    /// Tries the mutants from `from` on, in this process: it may have little more memory than it has now.
    pub fn share(self, from: u64, place: &Path) {
        quiet();
        let progress = File::create(place).unwrap();
        let seeds = (self.target.seeds)();
        let most = memory("VmSize:") * 1024 + (self.target.memory << 20);
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(Resource::As, limit).unwrap();
        let (mut good, mut slowest) = (0, (Duration::ZERO, 0));
        for number in (from..self.count).step_by(SHARES as usize) {
            progress.write_all_at(&(number + 1).to_le_bytes(), 0).unwrap();
            let mutant = self.mutant(number, &seeds);
            let started = Instant::now();
            good += u64::from((self.target.check)(&mutant));
            slowest = slowest.max((started.elapsed(), number));
        }
        let told = [0, good, memory("VmHWM:"), slowest.0.as_micros() as u64];
        progress
            .write_all_at(&told.map(u64::to_le_bytes).concat(), 0)
            .unwrap();
    }

    /// Has a child try a share; says what was wrong.
    fn in_child(self, share: u64) -> Result<Told, String> {
        let place = std::env::temp_dir().join(format!(
            "natsbridge-fuzz-{}-{}-{share}",
            std::process::id(),
            self.target.name
        ));
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.arg(self.target.name).arg("--share").arg(share.to_string());
        child.arg(&place).arg("--count").arg(self.count.to_string());
        child.arg("--seed").arg(self.seed.to_string());
        // Nothing would be left of the memory for reading the names of functions.
        child.env("RUST_BACKTRACE", "0");
        let ended = watched(child.spawn().unwrap(), &place);
        let words = words(&place);
        std::fs::remove_file(&place).ok();
        let status = match ended {
            Some(status) if status.success() => {
                return Ok(Told {
                    good: words[1],
                    peak: words[2],
                    slowest: Duration::from_micros(words[3]),
                });
            }
            Some(status) => status.to_string(),
            None => format!("it took more than {LONGEST:?}"),
        };
        let Some(number) = words[0].checked_sub(1) else {
            return Err(format!("{}: {status} before the first mutant", self.target.name));
        };
        let file = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("fuzz-{}-{}-{number}", self.target.name, self.seed));
        std::fs::write(&file, self.mutant(number, &(self.target.seeds)())).unwrap();
        let (name, file) = (self.target.name, file.display());
        Err(format!(
            "{name}: {status} at mutant {number}; again: cargo test --test fuzz -- {name} --replay {file}"
        ))
    }
}

/// Runs all of them on all cores and says how it went; false if a mutant did harm.
pub fn run_all(runs: &[Run]) -> bool {
    let started = Instant::now();
    let shares: VecDeque<(usize, u64)> = (0..SHARES)
        .flat_map(|share| (0..runs.len()).map(move |run| (run, share)))
        .collect();
    let (shares, done) = (Mutex::new(shares), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let Some((run, share)) = shares.lock().unwrap().pop_front() else {
                        return;
                    };
                    let told = runs[run].in_child(share);
                    done.lock().unwrap().push((run, told));
                }
            });
        }
    });
    let (done, mut well) = (done.into_inner().unwrap(), true);
    for (index, run) in runs.iter().enumerate() {
        let mut sum = Told::default();
        for (_, told) in done.iter().filter(|(of, _)| *of == index) {
            match told {
                Ok(told) => {
                    sum.good += told.good;
                    sum.peak = sum.peak.max(told.peak);
                    sum.slowest = sum.slowest.max(told.slowest);
                }
                Err(why) => {
                    eprintln!("{why}");
                    well = false;
                }
            }
        }
        let (name, count) = (run.target.name, run.count);
        // Enough must get through for what lies behind the first look to be tried as well.
        if well && sum.good * 20 < count {
            eprintln!("{name}: only {} of {count} mutants were understood", sum.good);
            well = false;
        }
        println!(
            "{name}: {count} mutants, {} of them understood, at most {} MiB, the slowest {:.1?}",
            sum.good,
            sum.peak >> 10,
            sum.slowest
        );
    }
    println!("in {:.0?}", started.elapsed());
    well
}

/// Waits for a child that goes on from mutant to mutant; `None` if it stayed with one and was killed.
fn watched(mut child: Child, place: &Path) -> Option<ExitStatus> {
    let mut since = (Instant::now(), 0);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
        let at = words(place)[0];
        if at != since.1 {
            since = (Instant::now(), at);
        } else if since.0.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
    }
}

/// What a child has written down: its mutant, counted from 1, and at its end what it tells.
fn words(place: &Path) -> [u64; 4] {
    let bytes = std::fs::read(place).unwrap_or_default();
    let mut words = bytes
        .chunks_exact(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    std::array::from_fn(|_| words.next().unwrap_or_default())
}

/// A figure of this process, in KiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Does what the program's own hook does: nothing is printed about a panic that becomes a finding.
pub fn quiet() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !natsbridge_wire::panics_are_caught() {
            before(info);
        }
    }));
}
