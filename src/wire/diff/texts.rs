//! Compares texts by lines, between their common start and end.

use super::model::Differences;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines beyond which only the first different one is told.
const LINES: usize = 20_000;

/// Compares two texts.
pub(super) fn texts(name: &str, left: &str, right: &str, out: &mut Differences) {
    if left == right {
        out.same += 1;
        return;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    if a.len().max(b.len()) > LINES {
        let first = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let place = format!("{name}: line {}, the first of many differences", first + 1);
        return out.push(place, a.get(first).copied(), b.get(first).copied());
    }
    for operation in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if let DiffOp::Equal { len, .. } = operation {
            out.same += len;
            continue;
        }
        let (old, new) = (operation.old_range(), operation.new_range());
        // Changed lines are paired as long as both sides have some.
        for step in 0..old.len().max(new.len()) {
            let (was, is) = (old.start + step, new.start + step);
            let line = if step < old.len() { was } else { is };
            let (was, is) = (
                (step < old.len()).then(|| a[was]),
                (step < new.len()).then(|| b[is]),
            );
            out.push(format!("{name}: line {}", line + 1), was, is);
        }
    }
    // Only their ends of lines differ.
    if a == b {
        let [left, right] = [left, right].map(|text| text.escape_debug().to_string());
        out.push(format!("{name}: line endings"), Some(&left), Some(&right));
    }
}
