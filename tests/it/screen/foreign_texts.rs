//! Texts of strangers through the workbench in a terminal: every place of a message where they can stand is shown, and every
//! byte that the terminal is sent is looked at. The terminal is so large that it shows a place of all messages at once.

use crate::support::foreign_texts::{COMMANDS, HIDDEN, NAMED, PLACES, judge, mark, messages};
use crate::support::pty::Screen;
use crate::support::servers::nats_server;
use portable_pty::CommandBuilder;

/// Modes that the workbench sets and takes back: the cursor, the mouse, focus, the alternate screen, pastes.
const MODES: [u16; 9] = [25, 1000, 1002, 1003, 1004, 1006, 1015, 1049, 2004];

/// Shows messages with these texts in all places; gives the screens of all places, and the terminal at the end.
fn shown(texts: &[String]) -> Option<(Vec<String>, Screen)> {
    let server = nats_server()?;
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args(["watch", "-s", &server.url()]);
    let mut screen = Screen::spawn_sized(command, (260, 480), |_| {});
    screen.wait_for("● nats://");
    let mut peer = server.raw();
    let messages = messages(texts);
    for message in &messages {
        peer.send(message);
    }
    screen.wait_for(&format!("received {} ", messages.len()));
    let numbers: Vec<usize> = (0..texts.len()).collect();
    let mut shown = Vec::new();
    let mut see = |screen: &mut Screen, keys: &str, places: &str, numbers: &[usize]| {
        screen.type_keys(keys);
        for place in places.chars() {
            screen.wait_until(&format!("place {place} of {numbers:?}"), |text| {
                numbers.iter().all(|number| text.contains(&mark(*number, place)))
            });
        }
        shown.push(screen.contents());
    };
    see(&mut screen, "2G", "abcd", &numbers);
    see(&mut screen, "]", "e", &numbers);
    see(&mut screen, "]", "d", &numbers);
    see(&mut screen, "[k", "gh", &numbers);
    // The page of both payloads, then that of the table alone.
    see(&mut screen, "k[", "ij", &numbers);
    see(&mut screen, "]]", "k", &numbers);
    let mut to_fields = "]k";
    for some in numbers.chunks(NAMED).rev() {
        see(&mut screen, to_fields, "lm", some);
        see(&mut screen, "]]", "n", some);
        to_fields = "[[k";
    }
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
    Some((shown, screen))
}

/// Row 1: sixty texts.
#[test]
fn no_command_of_a_stranger_reaches_the_terminal() {
    let texts = COMMANDS.map(str::to_owned);
    assert!(texts.len() * PLACES.len() >= 720);
    let Some((_, screen)) = shown(&texts) else { return };
    let wrong = judge(&screen.bytes, &MODES);
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Row 3: forty characters.
#[test]
fn no_hidden_character_of_a_stranger_reaches_the_terminal() {
    let texts = HIDDEN.map(|c| format!("{c}b"));
    let Some((shown, screen)) = shown(&texts) else {
        return;
    };
    let wrong = judge(&screen.bytes, &MODES);
    assert!(wrong.is_empty(), "{wrong:?}");
    for (number, hidden) in HIDDEN.iter().enumerate() {
        let spelt = format!("⟨U+{:04X}⟩", u32::from(*hidden));
        for (place, letter) in PLACES {
            // A narrow column cuts it, and findings quote in their own way.
            let spelt = if "bn".contains(letter) { "" } else { &spelt };
            let text = format!("{}{spelt}", mark(number, letter));
            assert!(
                shown.iter().any(|screen| screen.contains(&text)),
                "{place}: {text}"
            );
        }
    }
}
/// The judge sees what it is there for.
#[test]
fn each_of_the_commands_would_be_noticed() {
    for command in COMMANDS {
        let harmless = matches!(
            command,
            "\x1b[31m"
                | "\x1b[2J"
                | "\x1b[H"
                | "\x1b[1;1H"
                | "\x1b[c"
                | "\x1b["
                | "\x1b"
                | "\x1b[99999999999999999999m"
        ) || MODES
            .iter()
            .any(|mode| command.starts_with(&format!("\x1b[?{mode}")));
        assert_eq!(
            judge(command.as_bytes(), &MODES).is_empty(),
            harmless,
            "{command:?}"
        );
    }
    assert!(judge("\x1b[1;2Hplain Grüße \x1b[0m\x1b[?25h".as_bytes(), &MODES).is_empty());
}
