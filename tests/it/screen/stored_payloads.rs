//! Payloads on disk through the whole way of looking at them: decoded as from memory, shown without being loaded.

use crate::support::disk_stand::{Disk, Endless};
use crate::support::screen_stand::preview_context;
use bytes::Bytes;
use natsbridge_ui::preview::{Preview, Searched, Views, build_views};
use natsbridge_ui::{Colours, Motion, Themes};
use natsbridge_wire::{
    Blob, Budget, Code, DecodedMessage, Kind, Limits, PayloadState, ReadAt, decode_blob, decode_message_with,
};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn assets() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

fn demo(name: &str) -> Vec<u8> {
    std::fs::read(assets().join(name)).unwrap()
}

/// A message whose one payload is a link that leads to `body`.
fn link(declared: &str, body: &Blob) -> DecodedMessage<'static> {
    let raw = json!({
        "correlationId": "c", "msgId": "m", "payloads": [{
            "id": "1", "dataname": "it", "type": declared, "transport": "link", "encoding": "none",
            "size": body.len(), "data": "http://host/file",
        }],
    });
    let raw = Bytes::from(raw.to_string());
    decode_message_with(&raw, "a.b", &Budget::whole(&Limits::DEFAULT), &|_| {
        Some(body.clone())
    })
    .into_owned()
}

fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = std::fs::read_dir(assets())
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(bodies.len() > 20);
    bodies.extend([
        b"".to_vec(),
        b"Hello, world".to_vec(),
        b"\xff\xfe no text".to_vec(),
        br#"[{"a":1},{"a":2}]"#.to_vec(),
        br#"{"a":[1,2,{"b":null}]}"#.to_vec(),
        br#"{"a":"#.to_vec(),
        b"ID3\x04\0\0\0\0\0\x05abc".to_vec(),
        b"RIFF\xff\xff\xff\xffAVI ".to_vec(),
        b"\xff\xff\xff\xff\x08\0\0\0garbage!".to_vec(),
    ]);
    bodies
}

#[test]
fn every_kind_is_decoded_from_disk_as_from_memory() {
    let words = [
        "text",
        "dictionary",
        "jsontable",
        "table",
        "image",
        "audio",
        "video",
        "binary",
        "unheard-of",
        "",
    ];
    for body in bodies() {
        for declared in words {
            let memory = link(declared, &Blob::from(body.clone()));
            let stored = link(declared, &Disk::blob(&body));
            let what = format!("{declared}: {:?}", body.get(..body.len().min(20)));
            assert_eq!(stored.findings, memory.findings, "{what}");
            let (stored, memory) = (&stored.payloads[0], &memory.payloads[0]);
            assert_eq!(
                format!("{:?}", stored.value),
                format!("{:?}", memory.value),
                "{what}"
            );
            assert_eq!(
                (stored.kind, stored.state, &stored.error, &stored.media_type),
                (memory.kind, memory.state, &memory.error, &memory.media_type),
                "{what}"
            );
        }
    }
}

#[test]
fn sound_and_film_are_read_as_far_as_their_heads_go() {
    #[derive(Debug)]
    struct Padded(Vec<u8>, AtomicU64);
    impl ReadAt for Padded {
        fn size(&self) -> u64 {
            1 << 30
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
            self.1.fetch_add(buffer.len() as u64, Ordering::Relaxed);
            for (at, byte) in (offset as usize..).zip(buffer) {
                *byte = self.0.get(at).copied().unwrap_or_default();
            }
            Ok(())
        }
    }
    for (name, kind) in [("chime.wav", Kind::Audio), ("clip.avi", Kind::Video)] {
        let disk = Arc::new(Padded(demo(name), AtomicU64::new(0)));
        let value = decode_blob(
            kind,
            &Blob::Stored(disk.clone()),
            &Limits::DEFAULT,
            &mut Vec::new(),
        );
        let memory = decode_blob(kind, &demo(name).into(), &Limits::DEFAULT, &mut Vec::new());
        assert_eq!(
            format!("{:?}", value.unwrap()),
            format!("{:?}", memory.unwrap()),
            "{name}"
        );
        assert!(disk.1.load(Ordering::Relaxed) < 4 << 20, "{name}: {disk:?}");
    }
}

/// A gigabyte of equal lines, or of zeros.
#[derive(Debug)]
struct Lines(&'static [u8], AtomicU64);

impl Lines {
    fn blob(line: &'static [u8]) -> (Arc<Self>, Blob) {
        let lines = Arc::new(Self(line, AtomicU64::new(0)));
        (lines.clone(), Blob::Stored(lines))
    }

    fn read(&self) -> u64 {
        self.1.load(Ordering::Relaxed)
    }
}

impl ReadAt for Lines {
    fn size(&self) -> u64 {
        1_000_000_000
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.1.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        for (at, byte) in (offset as usize..).zip(buffer) {
            *byte = self.0[at % self.0.len()];
        }
        Ok(())
    }
}

fn screen(view: &mut dyn Preview) -> Vec<String> {
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    let theme = Themes::new(natsbridge::cli::built_in_themes())
        .load("night", Colours::True)
        .unwrap();
    let context = preview_context(&theme);
    view.fit(area, context);
    view.draw(area, &mut buffer, context);
    let row = |y| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..24).map(|y| row(y).trim_end().to_owned()).collect()
}

fn views(message: DecodedMessage<'static>) -> Views {
    build_views(&Arc::new(message), 0, &Limits::DEFAULT, &|_| None)
}

#[test]
fn a_text_too_large_shows_its_first_lines_and_says_so() {
    for (declared, kind, line) in [
        ("text", Kind::Text, "grüße from a log\n".as_bytes()),
        ("", Kind::Text, b"a,b,c\n"),
        ("dictionary", Kind::Dictionary, b"[1, 2, 3],\n"),
        ("jsontable", Kind::JsonTable, b"{\"a\": 1},\n"),
    ] {
        let (lines, body) = Lines::blob(line);
        let message = link(declared, &body);
        let payload = &message.payloads[0];
        assert_eq!(
            (payload.kind, payload.state),
            (kind, PayloadState::TooLarge),
            "{declared}"
        );
        assert!(message.findings.iter().any(|it| it.code == Code::PayloadTooLarge));
        let mut views = views(message);
        let screen = screen(&mut **views.tabs[0].view.as_mut().unwrap());
        let notice = "Only the first 8.39 MB of 1.00 GB are shown; save the payload to get all of it.";
        assert!(screen.iter().any(|row| row == notice), "{screen:#?}");
        let line = std::str::from_utf8(line).unwrap().trim_end();
        assert_eq!(screen[10], line, "{screen:#?}");
        assert!(lines.read() < 9 << 20, "{} bytes", lines.read());
    }
}

#[test]
fn bytes_of_no_known_kind_are_shown_as_hex_where_they_lie() {
    let (lines, body) = Lines::blob(b"\0");
    let message = link("", &body);
    assert_eq!(message.payloads[0].kind, Kind::Binary);
    let mut views = views(message);
    let view = &mut **views.tabs[0].view.as_mut().unwrap();
    view.act(Motion::Bottom);
    assert!(
        screen(view)[23].starts_with("3b9ac9f0  00 00"),
        "{:#?}",
        screen(view)
    );
    assert!(lines.read() < 100_000, "{} bytes", lines.read());
}

#[test]
fn a_picture_too_large_is_refused_in_a_sentence() {
    let (lines, body) = Lines::blob(b"\x89PNG\r\n\x1a\n");
    let message = link("image", &body);
    let payload = &message.payloads[0];
    assert_eq!(payload.state, PayloadState::TooLarge);
    let said = "The image of 1000000000 bytes exceeds the limit of 67108864; raise direct_message under [limits] in the settings";
    assert_eq!(payload.error.as_deref(), Some(said));
    assert!(lines.read() < 100_000);
}

/// Opens the table as the inspector does and looks at its start, its middle, its end and what a search finds.
fn look_through(endless: &Arc<Endless>, declared: &str) {
    let message = link(declared, &Blob::Stored(endless.clone()));
    assert_eq!(message.payloads[0].kind, Kind::Table);
    assert_eq!(message.payloads[0].state, PayloadState::Decoded);
    let mut views = views(message);
    let view = &mut **views.tabs[0].view.as_mut().unwrap();
    let top = screen(view);
    assert!(
        top[0].starts_with("table · 32,000,000 rows × 3 columns · 1.16 GB · ⇗ link"),
        "{top:#?}"
    );
    assert!(
        top[4].contains('7') && top[4].ends_with("text 00000000001"),
        "{top:#?}"
    );
    for _ in 0..20 {
        view.act(Motion::PageDown);
        screen(view);
    }
    assert_eq!(view.search("text 00000031337"), Searched::SoFar(1));
    assert_eq!(view.search("no such text"), Searched::SoFar(0));
    view.act(Motion::Bottom);
    let bottom = screen(view);
    assert!(bottom[23].ends_with("text 00031999999"), "{bottom:#?}");
}

#[test]
fn a_gigabyte_of_arrow_is_a_grid_at_once() {
    for declared in ["table", "arrowtable", ""] {
        let endless = Arc::new(Endless::new(32_000_000));
        look_through(&endless, declared);
        // Two searches look at 66,666 rows each, of 37 bytes; all else is a few windows.
        let read = endless.read.load(Ordering::Relaxed);
        assert!(read < 7 << 20, "{read} bytes");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn looking_through_a_gigabyte_takes_little_memory() {
    use crate::support::binary::own_name;
    use crate::support::own_process::growth_of;
    let test = own_name(module_path!(), "looking_through_a_gigabyte_takes_little_memory");
    let grew = growth_of(&test, || {
        look_through(&Arc::new(Endless::new(32_000_000)), "table");
    });
    assert!(grew <= Some(32), "{grew:?} MiB");
}
