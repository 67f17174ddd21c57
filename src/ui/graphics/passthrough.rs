//! Sequences passed through tmux to the outer terminal (`allow-passthrough on`).

/// The sequence, wrapped where tmux stands between.
pub fn through(sequence: &str, tmux: bool) -> String {
    if !tmux {
        return sequence.to_owned();
    }
    format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
}
