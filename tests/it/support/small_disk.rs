//! A small disk of the test's own, to be filled up.

use crate::support::binary::Folder;
use crate::support::real;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

/// Says that a test runs in a namespace of its own.
const INSIDE: &str = "NATSBRIDGE_TEST_INSIDE";

/// Runs this test once more as the root of a namespace of its own; false where that cannot be.
fn passes_in_a_namespace() -> bool {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let mut again = Process::new("unshare");
    again.arg("-rm").arg(std::env::current_exe().unwrap());
    again.args(["--exact", &test, "--nocapture"]).env(INSIDE, "1");
    let Ok(output) = again.output() else { return false };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let ran = said.contains("running 1 test");
    assert!(
        output.status.success() || !ran,
        "in a namespace of its own: {said}"
    );
    ran
}

/// A small disk that goes with the test.
pub struct SmallDisk {
    path: PathBuf,
    mib: u64,
}

impl SmallDisk {
    /// So many MiB, with further options of mounting. Where this test may not mount one, it runs once more in a namespace of
    /// its own, in which it may, and there is nothing left to do here: `None`. Where that cannot be either, what was left out
    /// is said, and is a failure where all parts are required.
    pub fn mount(folder: &Folder, mib: u64, options: &str, what: &str) -> Option<Self> {
        let path = folder.path().join("disk");
        std::fs::create_dir(&path).unwrap();
        let mut mount = Process::new("mount");
        let options = format!("size={mib}m,mode=0700{options}");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&path);
        if mount.output().is_ok_and(|output| output.status.success()) {
            return Some(Self { path, mib });
        }
        let inside = std::env::var_os(INSIDE).is_some();
        if inside || !passes_in_a_namespace() {
            real::left_out(&format!("{what}, because no tmpfs can be mounted here"));
        }
        None
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it up but for so many bytes.
    pub fn fill(&self, left: u64) -> PathBuf {
        let path = self.path.join("filler");
        let file = std::fs::File::create(&path).unwrap();
        let bytes = (self.mib << 20) - left;
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).unwrap();
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Process::new("umount").arg(&self.path).output();
    }
}
