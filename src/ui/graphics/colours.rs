//! How many colours the terminal has, and the nearest ones for a style where it has few.

use ratatui::style::{Color, Style};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colours {
    /// 24-bit colours.
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    /// The 16 ANSI colours.
    Sixteen,
    /// None, or none wanted.
    None,
}

impl Colours {
    /// Reads `NO_COLOR`, `CLICOLOR_FORCE`, `COLORTERM` and `TERM` through `variable`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
        let term = variable("TERM").unwrap_or_default();
        if variable("NO_COLOR").is_some_and(|value| !value.is_empty())
            || (term == "dumb" && !set("CLICOLOR_FORCE"))
        {
            return Self::None;
        }
        let colorterm = variable("COLORTERM").unwrap_or_default();
        if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") || !colorterm.is_empty() {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The style with colours that the terminal has.
    pub fn fit(self, mut style: Style) -> Style {
        let fit = |colour: Color| match (self, colour) {
            (Self::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_indexed([r, g, b]))),
            (Self::Sixteen, Color::Rgb(r, g, b)) => Some(nearest_of_sixteen([r, g, b])),
            (Self::None, _) => None,
            (_, other) => Some(other),
        };
        style.fg = style.fg.and_then(fit);
        style.bg = style.bg.and_then(fit);
        style.underline_color = style.underline_color.and_then(fit);
        style
    }
}

/// The nearest in the 6 × 6 × 6 cube or the ramp of greys.
fn nearest_indexed(rgb: [u8; 3]) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| (0..6).min_by_key(|i| STEPS[*i].abs_diff(value)).unwrap_or(0);
    let [r, g, b] = rgb.map(step);
    let cube = [STEPS[r], STEPS[g], STEPS[b]];
    let mean = (u16::from(rgb[0]) + u16::from(rgb[1]) + u16::from(rgb[2])) / 3;
    let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
    if distance(rgb, [8 + grey * 10; 3]) < distance(rgb, cube) {
        232 + grey
    } else {
        (16 + 36 * r + 6 * g + b) as u8
    }
}

fn nearest_of_sixteen(rgb: [u8; 3]) -> Color {
    const SIXTEEN: [(Color, [u8; 3]); 16] = [
        (Color::Black, [0, 0, 0]),
        (Color::Red, [170, 0, 0]),
        (Color::Green, [0, 170, 0]),
        (Color::Yellow, [170, 120, 0]),
        (Color::Blue, [0, 0, 170]),
        (Color::Magenta, [170, 0, 170]),
        (Color::Cyan, [0, 170, 170]),
        (Color::Gray, [170, 170, 170]),
        (Color::DarkGray, [85, 85, 85]),
        (Color::LightRed, [255, 85, 85]),
        (Color::LightGreen, [85, 255, 85]),
        (Color::LightYellow, [255, 255, 85]),
        (Color::LightBlue, [85, 125, 255]),
        (Color::LightMagenta, [255, 85, 255]),
        (Color::LightCyan, [85, 255, 255]),
        (Color::White, [255, 255, 255]),
    ];
    SIXTEEN
        .into_iter()
        .min_by_key(|(_, of)| distance(rgb, *of))
        .map_or(Color::Reset, |(colour, _)| colour)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(environment: &[(&str, &str)]) -> Colours {
        Colours::from_environment(|name| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_is_respected() {
        assert_eq!(
            colours(&[("COLORTERM", "truecolor"), ("TERM", "xterm-256color")]),
            Colours::True
        );
        assert_eq!(colours(&[("TERM", "xterm-256color")]), Colours::Indexed);
        assert_eq!(colours(&[("TERM", "linux")]), Colours::Sixteen);
        assert_eq!(colours(&[("TERM", "dumb")]), Colours::None);
        assert_eq!(
            colours(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]),
            Colours::None
        );
        assert_eq!(
            colours(&[("NO_COLOR", ""), ("COLORTERM", "truecolor")]),
            Colours::True
        );
    }

    #[test]
    fn near_colours_are_found() {
        assert_eq!(nearest_indexed([255, 0, 0]), 196);
        assert_eq!(nearest_indexed([8, 8, 8]), 232);
        assert_eq!(nearest_of_sixteen([250, 250, 250]), Color::White);
        let style = Style::new().fg(Color::Rgb(255, 0, 0));
        assert_eq!(Colours::None.fit(style).fg, None);
        assert_eq!(Colours::Indexed.fit(style).fg, Some(Color::Indexed(196)));
    }
}
