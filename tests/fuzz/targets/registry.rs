//! The contract of a target, and the list of all.

use crate::dice::Dice;
use std::path::{Path, PathBuf};

/// Something that takes strangers' bytes.
pub struct Target {
    pub name: &'static str,
    /// The most memory, in MiB, that it may take for a mutant beside what the program has anyway. Limits are smaller than
    /// usual where that keeps mutants quick: what is not counted towards them shows all the same.
    pub memory: u64,
    /// Good bytes.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Makes a mutant of a seed and of another.
    pub mutate: fn(&[u8], &[u8], &mut Dice) -> Vec<u8>,
    /// Looks at it in every way and panics if something is wrong; whether it was understood.
    pub check: fn(&[u8]) -> bool,
}

/// All targets; `assets/faults.md` names them as tests.
pub const TARGETS: &[Target] = &[
    super::message::MESSAGE,
    super::arrow::ARROW,
    super::pictures::PICTURES,
    super::media::MEDIA,
    super::frames::FRAMES,
    super::tapes::TAPES,
];

/// The files in a folder of this tree and below, in the order of their names.
pub fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    fn collect(folder: &Path, all: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, all);
            } else {
                all.push(path);
            }
        }
    }
    let mut all = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut all);
    all.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    };
    all.into_iter().map(read).collect()
}

/// A number that only these bytes decide, to have some of them looked at in a way that takes long.
pub fn one_in(times: u64, bytes: &[u8]) -> bool {
    let sum = bytes.iter().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(0x0100_0000_01b3)
            .wrapping_add(u64::from(*byte) + 1)
    });
    (sum >> 7).is_multiple_of(times)
}
