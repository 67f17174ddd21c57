//! Fitting safe text to a width: truncated at the end or in the middle, padded left or right.

use natsbridge_app::head;
use natsbridge_wire::{SafeText, mixes_scripts};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Bytes of a foreign text examined for one list field.
const FIELD_BYTES: usize = 1024;

/// The safe form of a foreign text for one field: truncated before it is cleaned, so that a huge one costs nothing.
pub fn field(text: &str) -> SafeText {
    SafeText::new(head(text, FIELD_BYTES))
}

/// What stands before a subject that may not be what it looks like: one of its words has letters of several scripts.
pub fn mixed_mark(subject: &str) -> &'static str {
    if mixes_scripts(head(subject, FIELD_BYTES)) {
        "≈ "
    } else {
        ""
    }
}

/// The text of bytes that were cut somewhere, which may be inside its last character; `None` if they are no text.
pub fn cut_text(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

/// Cells a text takes.
pub fn cells(text: impl AsRef<str>) -> usize {
    text.as_ref().width()
}

/// Cells of the widest of some texts.
pub fn widest(texts: impl IntoIterator<Item = impl AsRef<str>>) -> usize {
    texts.into_iter().map(cells).max().unwrap_or(0)
}

/// The text in at most `width` cells, its end replaced by `…` where it is cut.
pub fn fit_end(text: impl AsRef<str>, width: usize) -> String {
    let text = text.as_ref();
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut kept = take(text.graphemes(true), width.saturating_sub(1)).concat();
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// The text in at most `width` cells, its middle replaced by `…` where it is cut: both ends matter.
pub fn fit_middle(text: impl AsRef<str>, width: usize) -> String {
    let text = text.as_ref();
    if cells(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let end = take(text.graphemes(true).rev(), room - room / 3);
    let used: usize = end.iter().map(cells).sum();
    let start = take(text.graphemes(true), room - used);
    let dots = if width > 0 { "…" } else { "" };
    start
        .into_iter()
        .chain([dots])
        .chain(end.into_iter().rev())
        .collect()
}

/// A path in at most `width` cells: its file name stays whole as far as it can, folders before it give way.
pub fn fit_path(path: impl AsRef<str>, width: usize) -> String {
    let path = path.as_ref();
    if cells(path) <= width {
        return path.to_owned();
    }
    let ends = path.match_indices('/').map(|(at, _)| &path[at..]);
    let mut fitting = ends.filter(|end| cells(*end) < width);
    match fitting.next() {
        Some(end) => format!("…{end}"),
        None => fit_middle(path.rsplit('/').next().unwrap_or(path), width),
    }
}

/// The text padded on the right to `width` cells.
pub fn left(text: impl AsRef<str>, width: usize) -> String {
    let mut text = fit_end(text, width);
    text.extend(std::iter::repeat_n(' ', width - cells(&text).min(width)));
    text
}

/// The text padded on the left to `width` cells.
pub fn right(text: impl AsRef<str>, width: usize) -> String {
    let text = fit_end(text, width);
    " ".repeat(width - cells(&text).min(width)) + &text
}

/// A sparkline of the samples, one cell each; all zeros give a flat line.
pub fn sparkline(samples: &[f32]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let top = samples.iter().copied().fold(0.0, f32::max);
    let bar = |sample: &f32| {
        let height = if top > 0.0 { sample / top * 7.0 } else { 0.0 };
        BARS[(height.round() as usize).min(7)]
    };
    samples.iter().map(bar).collect()
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, width: usize) -> Vec<&'a str> {
    let mut used = 0;
    graphemes
        .take_while(|grapheme| {
            used += cells(grapheme);
            used <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_it_hurts_least() {
        assert_eq!(fit_end("/chat/room1", 8), "/chat/r…");
        assert_eq!(fit_middle("/very/long/path/room1", 10), "/ve…/room1");
        assert_eq!(fit_middle("short", 5), "short");
        assert_eq!(
            (fit_end("abc", 0), fit_middle("abc", 0)),
            (String::new(), String::new())
        );
    }

    #[test]
    fn no_cut_is_wider_than_asked() {
        for text in ["日本語のとても長い主題", "👍🏽👍🏽👍🏽 abc", "plain text", ""] {
            for width in 0..12 {
                assert!(cells(fit_end(text, width)) <= width);
                assert!(cells(fit_middle(text, width)) <= width);
                assert_eq!(cells(left(text, width)), width);
                assert_eq!(cells(right(text, width)), width);
            }
        }
    }

    #[test]
    fn a_file_keeps_its_name() {
        assert_eq!(fit_path("/home/me/data/stations.csv", 20), "…/data/stations.csv");
        assert_eq!(fit_path("/home/me/data/stations.csv", 16), "…/stations.csv");
        assert_eq!(fit_path("/home/me/data/stations.csv", 9), "st…ns.csv");
        assert_eq!(fit_path("stations.csv", 12), "stations.csv");
    }

    #[test]
    fn sparklines_have_one_cell_each() {
        assert_eq!(sparkline(&[0.0, 1.0, 2.0]), "▁▅█");
        assert_eq!(sparkline(&[0.0, 0.0]), "▁▁");
    }
}
