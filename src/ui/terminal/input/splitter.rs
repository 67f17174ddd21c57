//! Splits the bytes of a terminal into whole keys, reports and pastes. Whatever is unknown, broken or unfinished ends soon
//! and takes a bounded room, so that the keys after it are keys again; what a sequence means is not known here.

use std::time::Duration;

/// How long a lone escape waits for the rest of a sequence before it is the key.
const ESCAPE_WAIT: Duration = Duration::from_millis(20);
/// How long a sequence waits for its next byte.
const SEQUENCE_WAIT: Duration = Duration::from_millis(50);
/// The same for a paste, which may be on its way through a slow network.
const PASTE_WAIT: Duration = Duration::from_millis(250);
/// Bytes of the longest sequence that is handed on.
const LONGEST: usize = 256;

const CTRL_C: u8 = 3;
const BELL: u8 = 7;
const ESCAPE: u8 = 0x1b;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// What a terminal sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// The bytes of a key, of something about the mouse, or of a report.
    Sequence(Vec<u8>),
    /// A text that was pasted; one byte longer than allowed if there was more of it.
    Paste(Vec<u8>),
}

/// Where in a sequence the last byte left us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between two.
    Between,
    /// In a character, of which that many bytes are missing.
    Character(u8),
    /// After an escape.
    Escape,
    /// In a control sequence (CSI).
    Control,
    /// In something that still has that many bytes, whatever they are.
    Counted(u8),
    /// In a text of the terminal's own (OSC, DCS and their like), of which little is kept.
    Text,
    /// The same after an escape, which may be half of its end.
    TextEscape,
    /// In a paste; that many bytes of its end have come.
    Paste(usize),
    /// In a paste that has not gone on for a while; that many bytes of its end have come.
    Stalled(usize),
}

/// What a byte does to a sequence.
enum Step {
    /// It belongs to it, and more follows.
    Into(State),
    /// It completes it.
    Whole,
    /// It completes it, and nobody has to hear of it.
    Unheard,
    /// It cannot belong to it: the sequence is dropped, and the byte looked at by itself.
    Broken,
}

/// Splits bytes, however they are cut into chunks.
#[derive(Debug)]
pub(super) struct Splitter {
    state: State,
    /// What has come of the piece that is not whole yet.
    held: Vec<u8>,
    most_pasted: usize,
    pieces: Vec<Piece>,
}

impl Splitter {
    /// Nothing has come. Of a paste no more than `most_pasted` bytes are handed on, and one that tells of more.
    pub(super) fn new(most_pasted: usize) -> Self {
        Self {
            state: State::Between,
            held: Vec::new(),
            most_pasted,
            pieces: Vec::new(),
        }
    }

    /// The pieces that these bytes complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<Piece> {
        if let State::Stalled(matched) = self.state {
            self.resume(bytes, matched);
        }
        for byte in bytes {
            self.step(*byte);
        }
        std::mem::take(&mut self.pieces)
    }

    /// How long to wait for more before [`Splitter::silence`].
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Between | State::Stalled(_) => None,
            State::Escape => Some(ESCAPE_WAIT),
            State::Paste(_) => Some(PASTE_WAIT),
            _ => Some(SEQUENCE_WAIT),
        }
    }

    /// Nothing came for that long: the pieces that this completes.
    pub(super) fn silence(&mut self) -> Vec<Piece> {
        match self.state {
            // A key, alone or together with Alt, and not the beginning of a sequence.
            State::Escape => self.hand_on(),
            State::Text if self.held.len() == 2 => self.hand_on(),
            State::Paste(matched) => match self.held.iter().position(|byte| *byte == CTRL_C) {
                // Pastes end, and nobody pastes this: somebody wants to get out.
                Some(at) => {
                    let rest = self.held.split_off(at);
                    self.hand_on_paste();
                    return self.take(&rest);
                }
                None => self.state = State::Stalled(matched),
            },
            State::Stalled(_) => {}
            _ => self.drop_held(),
        }
        std::mem::take(&mut self.pieces)
    }

    /// A paste goes on unless a single key comes: then its end got lost, and the key is one.
    fn resume(&mut self, bytes: &[u8], matched: usize) {
        let mut alone = Self::new(0);
        let keys = alone.take(bytes).len() + usize::from(alone.state != State::Between);
        if keys == 1 && matched == 0 && bytes != PASTE_ENDS {
            self.hand_on_paste();
        } else {
            self.state = State::Paste(matched);
        }
    }

    fn step(&mut self, byte: u8) {
        let step = match self.state {
            State::Paste(matched) => return self.paste(byte, matched),
            state => follow(state, &self.held, byte),
        };
        match step {
            Step::Into(state) => {
                self.state = state;
                if self.held.len() <= LONGEST {
                    self.held.push(byte);
                }
            }
            Step::Whole => {
                self.held.push(byte);
                if self.held == PASTE_BEGINS {
                    self.drop_held();
                    self.state = State::Paste(0);
                } else if self.held.len() <= LONGEST {
                    self.hand_on();
                } else {
                    self.drop_held();
                }
            }
            Step::Unheard => self.drop_held(),
            Step::Broken => {
                if self.state == State::Escape {
                    self.hand_on();
                }
                let ends_text = self.state == State::TextEscape;
                self.drop_held();
                if ends_text {
                    self.step(ESCAPE);
                }
                self.step(byte);
            }
        }
    }

    fn paste(&mut self, byte: u8, matched: usize) {
        let room = (self.most_pasted + 1).saturating_sub(self.held.len());
        if byte == PASTE_ENDS[matched] {
            self.state = State::Paste(matched + 1);
            if matched + 1 == PASTE_ENDS.len() {
                self.hand_on_paste();
            }
            return;
        }
        // What looked like its end was text.
        self.held.extend(PASTE_ENDS[..matched].iter().take(room));
        self.state = State::Paste(0);
        if matched > 0 {
            self.paste(byte, 0);
        } else if room > 0 {
            self.held.push(byte);
        }
    }

    fn hand_on(&mut self) {
        self.state = State::Between;
        self.pieces.push(Piece::Sequence(std::mem::take(&mut self.held)));
    }

    fn hand_on_paste(&mut self) {
        self.state = State::Between;
        self.pieces.push(Piece::Paste(std::mem::take(&mut self.held)));
    }

    fn drop_held(&mut self) {
        self.state = State::Between;
        self.held.clear();
    }
}

/// What a byte does to the sequence of which `held` has come. Outside of texts, Ctrl+C breaks every one.
#[expect(clippy::match_same_arms, reason = "they read in the order of a sequence")]
fn follow(state: State, held: &[u8], byte: u8) -> Step {
    match (state, byte) {
        (State::Between, ESCAPE) => Step::Into(State::Escape),
        (State::Escape, b'[') => Step::Into(State::Control),
        (State::Escape, b'O') => Step::Into(State::Counted(1)),
        (State::Escape, b']' | b'P' | b'X' | b'^' | b'_') => Step::Into(State::Text),
        (State::Escape, ESCAPE | CTRL_C) => Step::Broken,
        (State::Between | State::Escape, 0xc2..=0xdf) => Step::Into(State::Character(1)),
        (State::Between | State::Escape, 0xe0..=0xef) => Step::Into(State::Character(2)),
        (State::Between | State::Escape, 0xf0..=0xf4) => Step::Into(State::Character(3)),
        // No character begins so.
        (State::Between, 0x80..) => Step::Unheard,
        (State::Escape, 0x80..) => Step::Broken,
        (State::Between | State::Escape, _) => Step::Whole,
        (State::Character(1), 0x80..=0xbf) => Step::Whole,
        (State::Character(left), 0x80..=0xbf) => Step::Into(State::Character(left - 1)),
        // The mouse as terminals told of it first, and the function keys of Linux's own console.
        (State::Control, b'M') if held.len() == 2 => Step::Into(State::Counted(3)),
        (State::Control, b'[') if held.len() == 2 => Step::Into(State::Counted(1)),
        (State::Control, b' '..=b'?') => Step::Into(State::Control),
        (State::Control, b'@'..=b'~') | (State::Counted(1), b' '..) => Step::Whole,
        (State::Counted(left), b' '..) => Step::Into(State::Counted(left - 1)),
        (State::Text, BELL) | (State::TextEscape, b'\\') => Step::Unheard,
        (State::Text, ESCAPE) => Step::Into(State::TextEscape),
        (State::Text, b' '..) => Step::Into(State::Text),
        _ => Step::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// More than any of these tests pastes.
    const ROOM: usize = 64;

    fn keys(bytes: &[u8]) -> Vec<Piece> {
        bytes.iter().map(|byte| Piece::Sequence(vec![*byte])).collect()
    }

    fn sequence(bytes: &[u8]) -> Piece {
        Piece::Sequence(bytes.to_vec())
    }

    /// Whatever terminals send, whole, each followed by nothing else.
    const WHOLE: &[&[u8]] = &[
        b"a",
        "\u{e9}".as_bytes(),
        "\u{20ac}".as_bytes(),
        "\u{1f980}".as_bytes(),
        b"\r",
        b"\t",
        b"\x7f",
        b"\x03",
        b"\x1a",
        b"\0",
        b"\x1ba",
        b"\x1b\r",
        b"\x1b\x7f",
        "\x1b\u{e9}".as_bytes(),
        b"\x1bOP",
        b"\x1bOA",
        b"\x1b[A",
        b"\x1b[[A",
        b"\x1b[Z",
        b"\x1b[1;5C",
        b"\x1b[3~",
        b"\x1b[15;2~",
        b"\x1b[97;5u",
        b"\x1b[97:65;2:3;65u",
        b"\x1b[57399u",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b[<0;12;7M",
        b"\x1b[<35;100;30m",
        b"\x1b[M !!",
        b"\x1b[32;10;20M",
        b"\x1b[?62;4;22c",
        b"\x1b[?2026;2$y",
        b"\x1b[?1u",
        b"\x1b[24;80R",
        b"\x1b[8;24;80t",
        b"\x1b[>0;276;0c",
    ];

    fn whole() -> impl Strategy<Value = Vec<u8>> {
        prop::sample::select(WHOLE.to_vec()).prop_map(<[u8]>::to_vec)
    }

    fn pasted() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..40)
            .prop_filter("a paste holds no end", |text| {
                !text.windows(PASTE_ENDS.len()).any(|some| some == PASTE_ENDS)
            })
            // What ends it must not be taken for more of it.
            .prop_map(|mut text| {
                text.push(b'.');
                text
            })
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let ends = prop::sample::select(vec![&b"\x07"[..], b"\x1b\\"]);
        let begins = prop::sample::select(vec![&b"\x1b]"[..], b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX"]);
        let text = prop::collection::vec(0x20..=0xff_u8, 0..600);
        (begins, text, ends).prop_map(|(begins, text, ends)| [begins, &text, ends].concat())
    }

    /// Some input, and the pieces that it is.
    fn input() -> impl Strategy<Value = Vec<(Vec<u8>, Option<Piece>)>> {
        let whole = whole().prop_map(|bytes| (bytes.clone(), Some(Piece::Sequence(bytes))));
        let pasted = pasted().prop_map(|text| {
            let bytes = [PASTE_BEGINS, &text, PASTE_ENDS].concat();
            (bytes, Some(Piece::Paste(text)))
        });
        let text = text().prop_map(|bytes| (bytes, None));
        prop::collection::vec(prop_oneof![4 => whole, 1 => pasted, 1 => text], 0..12)
    }

    #[test]
    fn every_sequence_cut_at_every_byte_is_the_same() {
        for sequence in WHOLE {
            for at in 0..=sequence.len() {
                let mut splitter = Splitter::new(ROOM);
                let (head, tail) = sequence.split_at(at);
                let mut pieces = splitter.take(head);
                pieces.extend(splitter.take(tail));
                assert_eq!(
                    pieces,
                    [Piece::Sequence(sequence.to_vec())],
                    "{sequence:?} at {at}"
                );
                assert_eq!(splitter.patience(), None, "{sequence:?}");
            }
        }
    }

    /// The sequences that once took all keys after them along.
    #[test]
    fn after_what_is_unknown_or_unfinished_keys_are_keys() {
        let texts = [&b"\x1b]0;"[..], &vec![b'x'; 100_000]].concat();
        for before in [
            &b"\x1b[?2026;2$y"[..],
            b"\x1b[?62;1;",
            b"\x1b[<0;1;",
            b"\x1b[200~",
            b"\x1b[200~some text",
            &texts,
            b"\x1bP+q",
            b"\x1b_Gi=1;",
            b"\x1b[M",
            b"\x1bO",
            b"\x1b[",
            b"\xf0\x9f",
            b"\xff\xfe",
        ] {
            let mut splitter = Splitter::new(ROOM);
            splitter.take(before);
            splitter.silence();
            for key in [&b"j"[..], b"\x1b[A", b"\r"] {
                let pieces = splitter.take(key);
                assert_eq!(pieces.last(), Some(&sequence(key)), "{before:?}");
            }
        }
    }

    #[test]
    fn an_escape_is_a_key_once_nothing_follows() {
        let mut splitter = Splitter::new(ROOM);
        assert_eq!(splitter.take(b"\x1b"), []);
        assert_eq!(splitter.patience(), Some(ESCAPE_WAIT));
        assert_eq!(splitter.silence(), [sequence(b"\x1b")]);
        assert_eq!(
            splitter.take(b"\x1b\x1b\x1b[A"),
            [sequence(b"\x1b"), sequence(b"\x1b"), sequence(b"\x1b[A")]
        );
        // With Alt, and no beginning of a text.
        splitter.take(b"\x1b]");
        assert_eq!(splitter.silence(), [sequence(b"\x1b]")]);
        assert_eq!(splitter.patience(), None);
    }

    #[test]
    fn a_paste_goes_on_after_a_pause_unless_a_key_comes() {
        let mut splitter = Splitter::new(ROOM);
        splitter.take(b"\x1b[200~one ");
        assert_eq!(splitter.silence(), []);
        assert_eq!(splitter.take(b"two\x1b[20"), []);
        assert_eq!(splitter.silence(), []);
        assert_eq!(
            splitter.take(b"1~q"),
            [Piece::Paste(b"one two".to_vec()), sequence(b"q")]
        );
        splitter.take(b"\x1b[200~three");
        splitter.silence();
        assert_eq!(
            splitter.take(b"q"),
            [Piece::Paste(b"three".to_vec()), sequence(b"q")]
        );
    }

    #[test]
    fn of_a_long_paste_the_beginning_is_kept_and_one_byte_more() {
        let mut splitter = Splitter::new(8);
        let pieces = splitter.take(b"\x1b[200~12345678\x1b[20~and more\x1b[201~q");
        assert_eq!(pieces, [Piece::Paste(b"12345678\x1b".to_vec()), sequence(b"q")]);
        let pieces = splitter.take(b"\x1b[200~12345678\x1b[201~");
        assert_eq!(pieces, [Piece::Paste(b"12345678".to_vec())]);
    }

    #[test]
    fn a_sequence_without_end_is_bounded_and_dropped() {
        let mut splitter = Splitter::new(ROOM);
        assert_eq!(
            splitter.take(&[&b"\x1b["[..], &vec![b'1'; 10_000], b"uq"].concat()),
            [sequence(b"q")]
        );
        splitter.take(&[&b"\x1b["[..], &vec![b';'; 10_000]].concat());
        assert!(splitter.held.len() <= LONGEST + 1);
        assert_eq!(splitter.take(b"\x03"), [sequence(b"\x03")]);
    }

    proptest! {
        #[test]
        fn input_is_the_same_however_it_is_cut(input in input(), cuts in prop::collection::vec(1_usize..9, 1..40)) {
            let bytes: Vec<u8> = input.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let expected: Vec<Piece> = input.into_iter().filter_map(|(_, piece)| piece).collect();
            let mut splitter = Splitter::new(ROOM);
            let mut pieces = Vec::new();
            let mut rest = &bytes[..];
            for cut in cuts.iter().cycle() {
                let (head, tail) = rest.split_at(rest.len().min(*cut));
                pieces.extend(splitter.take(head));
                rest = tail;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(pieces, expected);
            prop_assert_eq!(splitter.patience(), None);
        }

        #[test]
        fn whatever_comes_ctrl_c_is_heard_and_keys_after_a_pause_are_keys(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut splitter = Splitter::new(ROOM);
            splitter.take(&bytes);
            prop_assert!(splitter.held.len() <= LONGEST.max(ROOM) + 1);
            let mut pieces = splitter.take(b"\x03");
            while splitter.patience().is_some() {
                pieces.extend(splitter.silence());
            }
            prop_assert!(pieces.contains(&sequence(b"\x03")), "{:?}", pieces);
            let after = splitter.take(b"jk");
            prop_assert!(after.ends_with(&keys(b"jk")), "{:?}", after);
        }
    }
}
