//! Snapshots of screens: what stands where, and in which role. Each scene is a setup and keys, driven through the real
//! update and draw, at three sizes. `NATSBRIDGE_UPDATE=1 cargo test --test it snapshots` writes them anew; look at what
//! changed before you commit it.

use crate::support::screen_stand::{Bench, envelope, envelope_v0_5};
use natsbridge_app::Msg;
use natsbridge_engine::{ConnectionState, Event};
use natsbridge_ui::{Role, Themes};
use natsbridge_wire::{Limits, Severity, table_from_csv};
use ratatui::style::Color;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// A scene: its name, what happened before, the keys that lead there; `~` types the text after it.
type Scene = (&'static str, fn(&mut Bench), &'static str);

const SCENES: &[Scene] = &[
    ("empty", |_| {}, ""),
    (
        "offline",
        |bench| bench.tell(Event::Connection(ConnectionState::Offline)),
        "",
    ),
    ("messages", traffic, "2"),
    ("subjects", traffic, "1 j j"),
    ("timeline", traffic, "4"),
    ("conversation", traffic, "4 Enter"),
    ("compose", traffic, "5"),
    (
        "kind-text",
        |bench| {
            kind(
                bench,
                "text",
                b"One line\nand a wide one: \xe6\xbc\xa2\xe5\xad\x97",
            );
        },
        "3 z",
    ),
    (
        "kind-dictionary",
        |bench| {
            kind(
                bench,
                "dictionary",
                br#"{"rate": 5, "tags": ["a", {"b": null}], "deep": {"x": 1.5}}"#,
            );
        },
        "3 z",
    ),
    ("kind-table", table, "3 z"),
    (
        "kind-jsontable",
        |bench| kind(bench, "jsontable", br#"[{"id": 1, "name": "Ada"}, {"id": 2}]"#),
        "3 z",
    ),
    (
        "kind-image",
        |bench| kind(bench, "image", include_bytes!("../../../assets/demo/rings.png")),
        "3 z",
    ),
    (
        "kind-audio",
        |bench| kind(bench, "audio", include_bytes!("../../../assets/demo/chime.wav")),
        "3 z",
    ),
    (
        "kind-video",
        |bench| kind(bench, "video", include_bytes!("../../../assets/demo/clip.mp4")),
        "3 z",
    ),
    (
        "kind-binary",
        |bench| {
            kind(
                bench,
                "binary",
                b"\x00\x01\x02 some bytes \xff\xfe and more of them",
            );
        },
        "3 z",
    ),
    (
        "plain-json",
        |bench| bench.arrive("plain.subject", br#"{"plain": true}"#),
        "3 z",
    ),
    (
        "broken",
        |bench| bench.arrive("a.b", br#"{"correlation_id": "1", "payloads": [{"dataname":"x","#),
        "3 z ]",
    ),
    ("tab-envelope", table, "3 z ]"),
    ("tab-raw", table, "3 z ] ]"),
    ("tab-findings", table, "3 z ] ] ]"),
    ("table-sorted", table, "3 z l O"),
    ("table-filter-wrong", table, "3 z f ~temperature>3"),
    ("table-facts", table, "3 z l i"),
    ("table-plot", table, "3 z l p"),
    ("table-cell", table, "3 z Enter"),
    ("help", traffic, "2 ?"),
    ("help-table", table, "3 ?"),
    ("palette", traffic, "C-p ~sub"),
    ("themes", traffic, "t"),
    ("save-tape", traffic, "f ~kind=text Enter B"),
    ("prompt-filter-right", traffic, "f ~kind=text"),
    ("prompt-filter-wrong", traffic, "f ~kind=txt"),
    ("prompt-search", traffic, "2 / ~hello"),
    ("prompt-subscribe", traffic, "s"),
    ("prompt-save", table, "w"),
    ("marks", traffic, "2 m a k '"),
    ("difference", traffic, "2 m a k k d"),
    ("mend", traffic, "2 g M"),
    ("mended", traffic, "2 g M Down Enter"),
    ("problems", examined, "D Down"),
    ("compose-add", traffic, "5 a"),
    ("compose-refused", traffic, "2 k r b"),
    (
        "contexts",
        |bench| {
            traffic(bench);
            bench.told(Msg::Contexts(vec![
                "local".into(),
                "production".into(),
                "staging".into(),
            ]));
        },
        "j",
    ),
    (
        "link",
        |bench| {
            let payload = json!({
                "id": "1", "dataname": "rows", "type": "table", "transport": "link", "encoding": "none",
                "size": 2_100_000, "data": "http://files.example:8080/file/u1/f1/rows", "metadata": {},
            });
            let text = json!({"correlation_id": "7f3a91c2", "send_to": "/data", "payloads": [payload]});
            bench.arrive("/data/daily", text.to_string().as_bytes());
        },
        "3 z",
    ),
    (
        "welcome",
        |bench| {
            traffic(bench);
            bench.workbench.state.overlay.welcome = true;
        },
        "",
    ),
    ("prompt-completed", traffic, "f ~ki"),
    ("command", traffic, ": ~theme Space ~s"),
    ("command-wrong", traffic, ": ~theme Space ~plaid"),
    ("sequence", traffic, "2 C-w"),
    ("view-as", table, "3 V"),
    ("viewed-as-bytes", table, "3 V PgDn Enter"),
    ("highlighted", traffic, "* ~kind=text Enter Esc"),
    ("log", traffic, "!"),
    (
        "value-plotted",
        |bench| {
            for value in ["3", "8", "5", "13"] {
                kind(bench, "dictionary", format!(r#"{{"v": {value}}}"#).as_bytes());
            }
        },
        "= ~v Enter",
    ),
    (
        "picture-enlarged",
        |bench| kind(bench, "image", include_bytes!("../../../assets/demo/rings.png")),
        "3 z > > l",
    ),
    ("page", several, "3"),
    ("page-alone", several, "3 z"),
    ("page-search", several, "3 z / ~grape Enter n"),
    ("page-payload", several, "3 z j j j j j j Enter"),
    ("conversation-page", asked, "4 Enter z j"),
    (
        "notice",
        |bench| bench.tell(Event::Notice(Severity::Warning, "Something to read.".into())),
        "",
    ),
];

fn traffic(bench: &mut Bench) {
    bench.chat(8);
    bench.arrive("plain.subject", b"no envelope");
}

/// Traffic with broken messages in it, examined.
fn examined(bench: &mut Bench) {
    traffic(bench);
    for code in [
        "bad-base64",
        "arrow-compressed",
        "link-local-host",
        "kind-mismatch",
    ] {
        let path = format!(
            "{}/tests/fixtures/checks/{code}/hit.json",
            env!("CARGO_MANIFEST_DIR")
        );
        bench.arrive("lab.rows", &std::fs::read(path).expect("a fixture"));
    }
    while bench.store.examine_pending() > 0 {}
}

fn kind(bench: &mut Bench, word: &str, body: &[u8]) {
    let payloads = [("payload", word, body)];
    let text = match word {
        "jsontable" => envelope_v0_5("web-ui", &payloads),
        _ => envelope("web-ui", &payloads),
    };
    bench.arrive("/chat/room1", text.as_bytes());
}

/// A message of several payloads.
fn several(bench: &mut Bench) {
    let rows = (1..=40).map(|row| format!("{row},city {row},{}\n", row * 7 % 31));
    let rows = format!("id,city,temp\n{}", rows.collect::<Vec<_>>().concat());
    let table = table_from_csv(rows.as_bytes()).unwrap().to_stream().unwrap();
    let text = "Dear all,\nthe grape harvest began.\n".to_owned() + &"And so on.\n".repeat(30);
    let settings =
        br#"{"pump": 7, "grape": "red", "sensors": [{"id": 1, "unit": "C"}, {"id": 2, "unit": "F"}]}"#;
    let payloads: [(&str, &str, &[u8]); 6] = [
        ("message", "text", text.as_bytes()),
        ("settings", "dictionary", settings),
        ("rows", "table", &table),
        ("rings", "image", include_bytes!("../../../assets/demo/rings.png")),
        ("chime", "audio", include_bytes!("../../../assets/demo/chime.wav")),
        (
            "firmware",
            "binary",
            b"\x00\x01\x02 some bytes \xff\xfe and more of them",
        ),
    ];
    bench.arrive("/chat/room1", envelope("web-ui", &payloads).as_bytes());
}

/// A request and its answer.
fn asked(bench: &mut Bench) {
    let asks = envelope("web-ui", &[("question", "text", b"How warm is it?")]);
    let asks = asks.replace(r#""replyTo":"""#, r#""replyTo":"/replies""#);
    bench.arrive("/ask", asks.as_bytes());
    let answers = envelope(
        "jl-calc",
        &[("answer", "dictionary", br#"{"warm": true, "degrees": 21.5}"#)],
    );
    let answers = answers.replace(r#""replyToMsgId":"""#, r#""replyToMsgId":"m""#);
    bench.arrive(
        "/replies",
        answers.replace(r#""msgId":"m""#, r#""msgId":"n""#).as_bytes(),
    );
}

fn table(bench: &mut Bench) {
    let rows =
        "city,temp,seen\nOslo,3.5,2026-11-01\n漢字,-2,2026-11-02\nLima,,2026-11-03\nRome,19,2026-11-04\n";
    let body = table_from_csv(rows.as_bytes()).unwrap().to_stream().unwrap();
    kind(bench, "table", &body);
}

/// A theme in which every role has a colour of its own, which tells the role.
fn roles_theme() -> Themes {
    let mut text = String::from("[roles]\n");
    for (number, role) in Role::ALL.iter().enumerate() {
        let background = matches!(role, Role::Selection | Role::SelectionDim | Role::Match);
        let ground = if background { "bg" } else { "fg" };
        writeln!(text, "{:?} = {{ {ground} = \"#0000{number:02x}\" }}", role.key()).unwrap();
    }
    Themes::new(natsbridge::cli::built_in_themes().chain([("roles".into(), text)]))
}

fn role(colour: Color) -> Option<&'static str> {
    match colour {
        Color::Rgb(0, 0, number) => Role::ALL.get(usize::from(number)).map(|role| role.key()),
        _ => None,
    }
}

fn picture(scene: &Scene, (width, height): (u16, u16)) -> String {
    let (_, setup, keys) = scene;
    let mut bench = Bench::themed(width, height, Limits::default(), roles_theme(), "roles");
    setup(&mut bench);
    for key in keys.split(' ').filter(|key| !key.is_empty()) {
        match key.strip_prefix('~') {
            Some(text) => bench.type_text(text),
            None => bench.keys(key),
        };
        // Every key is followed by a frame, as on a terminal.
        bench.screen();
    }
    let mut text = String::new();
    bench.screen();
    let buffer = bench.terminal.backend().buffer();
    for y in 0..height {
        let (mut line, mut x) = (String::new(), 0);
        while x < width {
            // What a wide symbol covers is not on screen.
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text.push_str("--- roles\n");
    for y in 0..height {
        let name = |x: u16| {
            let cell = &buffer[(x, y)];
            let over = role(cell.bg).map(|ground| format!("on {ground}"));
            let ink =
                role(cell.fg).filter(|ink| !["text", "background"].contains(ink) && cell.symbol() != " ");
            [ink.map(str::to_owned), over]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in 0..width {
            let name = name(x);
            match runs.last_mut() {
                Some((_, end, known)) if *known == name => *end = x,
                _ => runs.push((x, x, name)),
            }
        }
        let runs = runs.into_iter().filter(|(.., name)| !name.is_empty());
        let told: Vec<String> = runs
            .map(|(from, to, name)| format!("{from}-{to} {name}"))
            .collect();
        if !told.is_empty() {
            writeln!(text, "{y}: {}", told.join(", ")).unwrap();
        }
    }
    text
}

#[test]
fn snapshots_of_every_scene_at_three_sizes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/screens");
    let update = std::env::var("NATSBRIDGE_UPDATE").is_ok();
    let mut wrong = String::new();
    for scene in SCENES {
        for size in SIZES {
            let name = format!("{}-{}x{}.txt", scene.0, size.0, size.1);
            let (path, now) = (folder.join(&name), picture(scene, size));
            if update {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &now).unwrap();
                continue;
            }
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            if before == now {
                continue;
            }
            writeln!(wrong, "{name} is not what it was:").unwrap();
            let lines = before.lines().count().max(now.lines().count());
            for at in 0..lines {
                let (was, is) = (before.lines().nth(at), now.lines().nth(at));
                if was != is {
                    writeln!(wrong, "  - {}\n  + {}", was.unwrap_or(""), is.unwrap_or("")).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn snapshots_are_the_same_each_time_and_none_is_left_over() {
    for scene in &SCENES[2..6] {
        assert_eq!(picture(scene, SIZES[1]), picture(scene, SIZES[1]), "{}", scene.0);
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/screens");
    let known = |name: &str| {
        SCENES.iter().any(|scene| {
            SIZES
                .iter()
                .any(|size| name == format!("{}-{}x{}.txt", scene.0, size.0, size.1))
        })
    };
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(known(&name), "{name} belongs to no scene");
    }
}
