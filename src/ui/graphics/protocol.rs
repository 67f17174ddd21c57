//! Which graphics protocol a terminal supports, according to itself.

use super::colours::Colours;
use natsbridge_app::ImageMode;

/// A graphics protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// That of kitty, with Unicode placeholders.
    Kitty,
    /// Inline images of iTerm2.
    Iterm2,
    /// Sixel.
    Sixel,
}

/// How images are sent as pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Graphics {
    /// In which protocol.
    pub protocol: Protocol,
    /// Whether tmux must pass them through.
    pub tmux: bool,
    /// Pixels of one cell, across and down.
    pub cell: (u16, u16),
}

/// How images are drawn on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageMethod {
    /// As pixels.
    Pixels(Graphics),
    /// As half-blocks in the area of the pixels, while an overlay covers it.
    Covered(Graphics),
    /// As half-blocks.
    HalfBlocks,
    /// As letters.
    Ascii,
    /// Not at all.
    Off,
}

/// Cell size of terminals that do not report theirs.
const USUAL_CELL: (u16, u16) = (10, 20);

/// What is known of the terminal's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TerminalGraphics {
    /// The best protocol that it has.
    pub best: Option<Protocol>,
    /// Whether the terminal is inside tmux.
    pub tmux: bool,
    /// Pixels of one cell, where the terminal says it.
    pub cell: Option<(u16, u16)>,
}

impl TerminalGraphics {
    /// What the environment says. It says nothing about a terminal inside tmux: its variables are those of the
    /// terminal that started tmux.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name| variable(name).unwrap_or_default();
        let tmux = !word("TMUX").is_empty();
        let (term, program) = (word("TERM"), word("TERM_PROGRAM"));
        let kitty = term.contains("kitty")
            || term.contains("ghostty")
            || program == "ghostty"
            || !word("KITTY_WINDOW_ID").is_empty();
        let iterm2 =
            ["iTerm.app", "WezTerm", "mintty"].contains(&&*program) || word("LC_TERMINAL") == "iTerm2";
        let best = match () {
            () if tmux || term.starts_with("screen") => None,
            () if kitty => Some(Protocol::Kitty),
            () if iterm2 => Some(Protocol::Iterm2),
            () => None,
        };
        Self {
            best,
            tmux,
            cell: None,
        }
    }

    /// Whether it is worth asking the terminal itself.
    pub fn unsure(&self, variable: impl Fn(&str) -> Option<String>) -> bool {
        let term = variable("TERM").unwrap_or_default();
        self.best.is_none() && !["", "dumb", "linux", "unknown"].contains(&&*term)
    }

    /// With what the terminal answered when it was asked for its attributes (DA1): 4 among them is sixel. Without the
    /// size of a cell a sixel picture could not be placed.
    pub fn answered(&mut self, attributes: &[u16]) {
        if self.best.is_none() && self.cell.is_some() && attributes.contains(&4) {
            self.best = Some(Protocol::Sixel);
        }
    }

    /// How images are drawn in that mode; `covered` means that an overlay is open, which pixels would ignore.
    pub fn drawn(&self, mode: ImageMode, colours: Colours, covered: bool) -> ImageMethod {
        let cells = if colours == Colours::None {
            ImageMethod::Ascii
        } else {
            ImageMethod::HalfBlocks
        };
        let protocol = match mode {
            ImageMode::Off => return ImageMethod::Off,
            ImageMode::Ascii => return ImageMethod::Ascii,
            ImageMode::HalfBlocks => return cells,
            ImageMode::Auto if colours == Colours::None => None,
            ImageMode::Auto => self.best,
            ImageMode::Kitty => Some(Protocol::Kitty),
            ImageMode::Iterm2 => Some(Protocol::Iterm2),
            ImageMode::Sixel => Some(Protocol::Sixel),
        };
        let Some(protocol) = protocol else { return cells };
        let graphics = Graphics {
            protocol,
            tmux: self.tmux && protocol != Protocol::Sixel,
            cell: self.cell.unwrap_or(USUAL_CELL),
        };
        // Placeholders are text, so overlays cover them.
        if covered && protocol != Protocol::Kitty {
            ImageMethod::Covered(graphics)
        } else {
            ImageMethod::Pixels(graphics)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(variables: &[(&str, &str)], attributes: &[u16]) -> TerminalGraphics {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut pictures = TerminalGraphics::from_environment(variable);
        pictures.cell = Some((8, 16));
        if pictures.unsure(variable) {
            pictures.answered(attributes);
        }
        pictures
    }

    #[test]
    fn the_best_protocol_is_chosen() {
        let xterm = ("TERM", "xterm-256color");
        for (variables, attributes, best) in [
            (
                &[("TERM", "xterm-kitty")][..],
                &[62, 4][..],
                Some(Protocol::Kitty),
            ),
            (&[xterm, ("KITTY_WINDOW_ID", "1")], &[], Some(Protocol::Kitty)),
            (&[("TERM", "xterm-ghostty")], &[], Some(Protocol::Kitty)),
            (
                &[xterm, ("TERM_PROGRAM", "iTerm.app")],
                &[4],
                Some(Protocol::Iterm2),
            ),
            (&[xterm, ("LC_TERMINAL", "iTerm2")], &[], Some(Protocol::Iterm2)),
            (&[xterm], &[63, 1, 4, 9], Some(Protocol::Sixel)),
            (&[xterm], &[64, 1, 9], None),
            (&[("TERM", "dumb")], &[4], None),
            (&[], &[4], None),
            // Inside tmux only what tmux itself can do.
            (
                &[("TERM", "tmux-256color"), ("TMUX", "x"), ("KITTY_WINDOW_ID", "1")],
                &[1, 2],
                None,
            ),
            (
                &[("TERM", "tmux-256color"), ("TMUX", "x")],
                &[1, 2, 4],
                Some(Protocol::Sixel),
            ),
        ] {
            assert_eq!(
                known(variables, attributes).best,
                best,
                "{variables:?} {attributes:?}"
            );
        }
    }

    #[test]
    fn sixel_needs_the_size_of_a_cell() {
        let mut pictures = TerminalGraphics::default();
        pictures.answered(&[4]);
        assert_eq!(pictures.best, None);
    }

    #[test]
    fn a_mode_forces_and_what_lies_over_it_turns_pixels_into_cells() {
        let sixel = known(&[("TERM", "xterm")], &[4]);
        let protocol = |pictures| match pictures {
            ImageMethod::Pixels(graphics) => Some(graphics.protocol),
            _ => None,
        };
        let drawn = |mode, covered| sixel.drawn(mode, Colours::True, covered);
        assert_eq!(protocol(drawn(ImageMode::Auto, false)), Some(Protocol::Sixel));
        assert!(matches!(drawn(ImageMode::Auto, true), ImageMethod::Covered(_)));
        assert_eq!(protocol(drawn(ImageMode::Kitty, true)), Some(Protocol::Kitty));
        assert_eq!(protocol(drawn(ImageMode::Iterm2, false)), Some(Protocol::Iterm2));
        assert_eq!(drawn(ImageMode::HalfBlocks, false), ImageMethod::HalfBlocks);
        assert_eq!(drawn(ImageMode::Ascii, false), ImageMethod::Ascii);
        assert_eq!(drawn(ImageMode::Off, false), ImageMethod::Off);
        assert_eq!(
            sixel.drawn(ImageMode::Auto, Colours::None, false),
            ImageMethod::Ascii
        );
    }
}
