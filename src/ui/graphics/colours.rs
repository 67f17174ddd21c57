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
            // Quick, since pictures are made of it.
            (Self::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_indexed([r, g, b]))),
            _ => self.nearest(colour, |_| true),
        };
        style.fg = style.fg.and_then(fit);
        style.bg = style.bg.and_then(fit);
        style.underline_color = style.underline_color.and_then(fit);
        style
    }

    /// The same for a text, which can be read on its ground, or on this one: few colours are not as far apart as many.
    pub fn fit_text(self, style: Style, ground: Option<Color>) -> Style {
        let fitted = self.fit(style);
        let ground = fitted
            .bg
            .or(ground.and_then(|ground| self.nearest(ground, |_| true)));
        let (Some(wanted), Some(ground)) = (style.fg, ground.and_then(shades)) else {
            return fitted;
        };
        let readable = |of| contrast(of, ground) >= READABLE;
        Style {
            fg: self.nearest(wanted, readable).or(fitted.fg),
            ..fitted
        }
    }

    /// The nearest of the terminal's colours that is as wanted, if there are any.
    fn nearest(self, colour: Color, wanted: impl Fn([u8; 3]) -> bool) -> Option<Color> {
        let Color::Rgb(r, g, b) = colour else {
            return (self != Self::None).then_some(colour);
        };
        let known: &[Color] = match self {
            Self::True => return Some(colour),
            Self::Indexed => &INDEXED,
            Self::Sixteen => &SIXTEEN,
            Self::None => return None,
        };
        let known = known.iter().filter_map(|known| Some((*known, shades(*known)?)));
        let fitting = known.filter(|(_, of)| wanted(*of));
        let nearest = fitting.min_by_key(|(_, of)| distance([r, g, b], *of));
        nearest.map(|(known, _)| known)
    }
}

/// The least contrast of a text with its ground: what WCAG 2.2 asks for.
pub(crate) const READABLE: f64 = 4.5;

/// How much brighter one colour is than another, by WCAG 2.2: 1 to 21.
pub(crate) fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let luminance = |of: [u8; 3]| {
        let [r, g, b] = of.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

/// The 6 × 6 × 6 cube and the ramp of greys.
const INDEXED: [Color; 240] = {
    let mut all = [Color::Reset; 240];
    let mut at = 0;
    while at < all.len() {
        all[at] = Color::Indexed(at as u8 + 16);
        at += 1;
    }
    all
};

const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Red, green and blue of a colour; of the sixteen, which terminals choose themselves, what is usual.
pub(crate) fn shades(colour: Color) -> Option<[u8; 3]> {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    Some(match colour {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(grey @ 232..) => [8 + (grey - 232) * 10; 3],
        Color::Indexed(at @ 16..) => {
            let step = |of: u8| STEPS[usize::from((at - 16) / of % 6)];
            [step(36), step(6), step(1)]
        }
        Color::Black => [0, 0, 0],
        Color::Red => [170, 0, 0],
        Color::Green => [0, 170, 0],
        Color::Yellow => [170, 120, 0],
        Color::Blue => [0, 0, 170],
        Color::Magenta => [170, 0, 170],
        Color::Cyan => [0, 170, 170],
        Color::Gray => [170, 170, 170],
        Color::DarkGray => [85, 85, 85],
        Color::LightRed => [255, 85, 85],
        Color::LightGreen => [85, 255, 85],
        Color::LightYellow => [255, 255, 85],
        Color::LightBlue => [85, 125, 255],
        Color::LightMagenta => [255, 85, 255],
        Color::LightCyan => [85, 255, 255],
        Color::White => [255, 255, 255],
        Color::Indexed(_) | Color::Reset => return None,
    })
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
        let nearest = |colours: Colours, [r, g, b]: [u8; 3]| colours.nearest(Color::Rgb(r, g, b), |_| true);
        assert_eq!(nearest_indexed([255, 0, 0]), 196);
        assert_eq!(nearest_indexed([8, 8, 8]), 232);
        assert_eq!(nearest(Colours::Sixteen, [250, 250, 250]), Some(Color::White));
        let style = Style::new().fg(Color::Rgb(255, 0, 0));
        assert_eq!(Colours::None.fit(style).fg, None);
        assert_eq!(Colours::Indexed.fit(style).fg, Some(Color::Indexed(196)));
    }
}
