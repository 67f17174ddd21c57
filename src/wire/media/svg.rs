//! SVG: how large its first element says the picture is. Nothing of it is drawn.

use crate::bytes::svg_start;

/// Across and down, in pixels of the screen; a length that is missing or relative follows from the view box.
pub(super) fn svg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let element = bytes.get(svg_start(bytes)?..)?;
    let end = memchr::memchr(b'>', element)?;
    let element = std::str::from_utf8(element.get(..end)?).ok()?;
    let (width, height) = (
        attribute(element, "width").and_then(length),
        attribute(element, "height").and_then(length),
    );
    let numbers = attribute(element, "viewBox").unwrap_or_default();
    let numbers = numbers.split(|c: char| c == ',' || c.is_whitespace());
    let numbers: Vec<f64> = numbers.filter_map(|number| number.parse().ok()).collect();
    let (across, down) = match numbers[..] {
        [_, _, across, down] if across > 0.0 && down > 0.0 => (Some(across), Some(down)),
        _ => (None, None),
    };
    let ratio = across.zip(down).map(|(across, down)| across / down);
    let (width, height) = match (width, height) {
        (None, None) => (across?, down?),
        (width, height) => (
            width.or_else(|| Some(height? * ratio?))?,
            height.or_else(|| Some(width? / ratio?))?,
        ),
    };
    let side = |length: f64| {
        (1.0..=f64::from(u32::MAX))
            .contains(&length.round())
            .then_some(length.round() as u32)
    };
    side(width).zip(side(height))
}

/// What an attribute says.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let starts = element.match_indices(name).map(|(at, _)| at);
    starts
        .filter(|at| element[..*at].ends_with(char::is_whitespace))
        .find_map(|at| {
            let value = element[at + name.len()..]
                .trim_start()
                .strip_prefix('=')?
                .trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            value[1..].split(quote).next()
        })
}

/// A length in pixels; `None` if it depends on what is around it.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'));
    let pixels = match unit.trim() {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        _ => return None,
    };
    let number: f64 = text[..text.len() - unit.len()].parse().ok()?;
    (number > 0.0).then_some(number * pixels)
}
