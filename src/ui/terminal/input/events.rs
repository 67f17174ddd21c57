//! What a piece of input means: an event, the answer to a question of ours, or nothing.

use super::splitter::Piece;
use crossterm::event::Event;

/// What a piece of input is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something that a person did, or the terminal's window.
    Event(Event),
    /// What the terminal can do (primary device attributes); 4 is sixel.
    Attributes(Vec<u16>),
}

/// What a piece means; `None` for what is unknown.
pub(super) fn meaning(piece: Piece) -> Option<Meaning> {
    let bytes = match piece {
        Piece::Paste(bytes) => {
            let text = String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            return Some(Meaning::Event(Event::Paste(text)));
        }
        Piece::Sequence(bytes) => bytes,
    };
    if let Some(attributes) = attributes(&bytes) {
        return Some(Meaning::Attributes(attributes));
    }
    if is_nowhere(&bytes) {
        return None;
    }
    let event = terminput::Event::parse_from(&bytes).ok()??;
    terminput_crossterm::to_crossterm(event).ok().map(Meaning::Event)
}

fn attributes(bytes: &[u8]) -> Option<Vec<u16>> {
    let numbers = bytes.strip_prefix(b"\x1b[?")?.strip_suffix(b"c")?;
    let numbers = std::str::from_utf8(numbers).ok()?.split(';');
    Some(numbers.filter_map(|number| number.parse().ok()).collect())
}

/// Whether it is a mouse in column or row 0, where none can be: the parser would count below it.
fn is_nowhere(bytes: &[u8]) -> bool {
    let Some((b'M' | b'm', numbers)) = bytes.split_last() else {
        return false;
    };
    let mut places = numbers.split(|byte| *byte == b';').skip(1);
    places.any(|place| place.iter().all(|digit| matches!(digit, b'0' | b'+')))
}

#[cfg(test)]
mod tests {
    use super::super::splitter::Splitter;
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    use proptest::prelude::*;

    fn sequence(bytes: &[u8]) -> Option<Meaning> {
        meaning(Piece::Sequence(bytes.to_vec()))
    }

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Meaning {
        Meaning::Event(Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_mouse_focus_and_answers_are_understood() {
        use KeyModifiers as With;
        for (bytes, code, modifiers) in [
            (&b"q"[..], KeyCode::Char('q'), With::NONE),
            (b"Q", KeyCode::Char('Q'), With::SHIFT),
            ("\u{e9}".as_bytes(), KeyCode::Char('\u{e9}'), With::NONE),
            (b"\x03", KeyCode::Char('c'), With::CONTROL),
            (b"\r", KeyCode::Enter, With::NONE),
            (b"\x1b", KeyCode::Esc, With::NONE),
            (b"\x1bx", KeyCode::Char('x'), With::ALT),
            (b"\x1b]", KeyCode::Char(']'), With::ALT),
            (b"\x1b[Z", KeyCode::BackTab, With::SHIFT),
            (b"\x1bOP", KeyCode::F(1), With::NONE),
            (b"\x1b[[A", KeyCode::F(1), With::NONE),
            (b"\x1b[15~", KeyCode::F(5), With::NONE),
            (b"\x1b[3~", KeyCode::Delete, With::NONE),
            (b"\x1b[1;5C", KeyCode::Right, With::CONTROL),
            (b"\x1b[99;5u", KeyCode::Char('c'), With::CONTROL),
        ] {
            assert_eq!(sequence(bytes), Some(key(code, modifiers)), "{bytes:?}");
        }
        let mouse = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 11,
            row: 6,
            modifiers: With::NONE,
        };
        for bytes in [&b"\x1b[<0;12;7M"[..], b"\x1b[M ,'", b"\x1b[32;12;7M"] {
            assert_eq!(
                sequence(bytes),
                Some(Meaning::Event(Event::Mouse(mouse))),
                "{bytes:?}"
            );
        }
        assert_eq!(sequence(b"\x1b[I"), Some(Meaning::Event(Event::FocusGained)));
        assert_eq!(
            sequence(b"\x1b[?62;4;22c"),
            Some(Meaning::Attributes(vec![62, 4, 22]))
        );
        for unknown in [
            &b"\x1b[?2026;2$y"[..],
            b"\x1b[<0;0;7M",
            b"\x1b[0;0;0M",
            b"\x1b[M   ",
            b"\x1b[201~",
            b"\x1b[5x",
        ] {
            assert!(
                !matches!(sequence(unknown), Some(Meaning::Event(Event::Key(_)))),
                "{unknown:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_terminal_can_send_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..40), begins in prop::sample::select(vec![&b""[..], b"\x1b[", b"\x1b[<", b"\x1b[M", b"\x1bO", b"\x1b["])) {
            let mut splitter = Splitter::new(64);
            let mut pieces = splitter.take(begins);
            pieces.extend(splitter.take(&bytes));
            pieces.extend(splitter.silence());
            for piece in pieces {
                meaning(piece);
            }
        }

        #[test]
        fn no_numbers_are_too_much(numbers in "[0-9;:+<?]{0,12}", last in 0x40..0x7f_u8) {
            meaning(Piece::Sequence([b"\x1b[", numbers.as_bytes(), &[last]].concat()));
        }
    }
}
