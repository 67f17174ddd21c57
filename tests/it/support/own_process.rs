//! A test that is its own child: what a process of its own takes of memory can be measured.

use std::process::Command;

/// Says to the child that it is it.
const CHILD: &str = "NATSBRIDGE_TEST_MEASURED_CHILD";

/// Has the test of this name (`own_name`) do `work` in a process that does nothing else; the most memory that took beside
/// what it had before, in MiB. In that process it is `None`: the test ends there.
#[expect(clippy::print_stdout, reason = "that is how the child tells its parent")]
pub fn growth_of(test: &str, work: impl FnOnce()) -> Option<u64> {
    if std::env::var_os(CHILD).is_some() {
        let before = kib("VmRSS:");
        work();
        println!("grew by {} KiB", kib("VmHWM:").saturating_sub(before));
        return None;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
    let (_, rest) = said.split_once("grew by ").unwrap();
    let kib: u64 = rest.split(' ').next().unwrap().parse().unwrap();
    Some(kib >> 10)
}

/// A figure of this process, in KiB: `VmRSS:` is what it has, `VmHWM:` the most that it had.
pub fn kib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
