//! Row 51: a running program whose terminal is made other sizes, and others again, and sizes that no terminal has.

use crate::support::pty::Screen;
use portable_pty::CommandBuilder;

fn demo(size: (u16, u16)) -> Screen {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.arg("demo");
    Screen::spawn_sized(command, size, |_| {})
}

#[test]
fn immense_windows_are_drawn_in_part() {
    for size in [(65_535, 65_535), (10_000, 10_000), (65_535, 30), (100, 65_535)] {
        let mut screen = demo(size);
        screen.wait_for("Messages");
        screen.wait_for("/chat/");
        // Two buffers of 1,000 × 500 cells, and what everything else takes.
        let peak = screen.peak_memory();
        assert!(peak < 600, "{size:?}: {peak} MiB");
        screen.resize((100, 30));
        screen.press_until("?", "Enter runs · Esc closes");
        screen.resize(size);
        screen.type_keys("\x03");
        assert_eq!(screen.code(), 0, "{size:?}");
        screen.assert_restored();
    }
}

/// Row 51.
#[test]
fn a_thousand_resizes_are_survived_and_drawn() {
    let mut screen = demo((100, 30));
    screen.wait_for("/chat/");
    let sizes = [
        (0, 0),
        (1, 1),
        (3, 1),
        (39, 9),
        (40, 10),
        (41, 200),
        (80, 24),
        (100, 30),
        (120, 40),
        (200, 10),
        (200, 60),
        (300, 90),
    ];
    for round in 0..1_000 {
        screen.resize(sizes[round % sizes.len()]);
        if round % 10 == 0 {
            screen.take_in();
        }
    }
    screen.resize((100, 30));
    screen.press_until("?", "Enter runs · Esc closes");
    screen.type_keys("\x03");
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
}
