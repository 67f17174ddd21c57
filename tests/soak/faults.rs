//! The list of faults, and the stage that they happen on. Each is over when it returns.

use crate::proxy::Proxy;
use crate::support::binary::Folder;
use crate::support::servers::RealServer;
use crate::support::small_disk::SmallDisk;
use crate::terminal::{LARGEST, Terminal};
use crate::traffic::Peer;
use arrow::array::{Int64Array, RecordBatch};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use natsbridge_wire::encode_base64;
use rustix::process::Signal;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

/// A workbench, its broker, the way between them, and its disk.
pub struct Stage {
    pub broker: RealServer,
    pub terminal: Terminal,
    way: Proxy,
    disk: Option<SmallDisk>,
    home: PathBuf,
    bombs: Vec<Vec<u8>>,
}

/// Something that goes wrong.
pub struct Fault {
    pub name: &'static str,
    /// Has it happen; false where it cannot here.
    pub run: fn(&mut Stage) -> bool,
}

/// All of them.
pub const FAULTS: &[Fault] = &[
    Fault {
        name: "the broker is killed",
        run: kill,
    },
    Fault {
        name: "the broker is stopped for 4 s",
        run: stop,
    },
    Fault {
        name: "the broker reads its configuration anew",
        run: reload,
    },
    Fault {
        name: "the connection is cut",
        run: cut,
    },
    Fault {
        name: "nothing passes for 2 s",
        run: dead,
    },
    Fault {
        name: "the connection is slow",
        run: slow,
    },
    Fault {
        name: "poison",
        run: poison,
    },
    Fault {
        name: "a flood",
        run: flood,
    },
    Fault {
        name: "a flood while it is stopped",
        run: stopped,
    },
    Fault {
        name: "bombs, and somebody who looks at them",
        run: bombs,
    },
    Fault {
        name: "a full disk",
        run: full_disk,
    },
    Fault {
        name: "a storm of sizes",
        run: resize,
    },
    Fault {
        name: "suspended",
        run: suspend,
    },
    Fault {
        name: "a thousand keys",
        run: keys,
    },
];

impl Stage {
    pub fn new(broker: RealServer, folder: &Folder, disk: Option<SmallDisk>, settings: &str) -> Self {
        let home = folder.path().join("home");
        std::fs::create_dir_all(home.join("natsbridge")).unwrap();
        std::fs::write(home.join("natsbridge/settings.toml"), settings).unwrap();
        let way = Proxy::to(&broker.address());
        let tape = folder.path().join("tape.jsonl").display().to_string();
        let url = way.url();
        let mut args = vec!["watch", ">", "-s", &url, "--record", &tape];
        let spill = disk.as_ref().map(|disk| disk.path().display().to_string());
        args.extend(spill.iter().flat_map(|spill| ["--spill", spill]));
        let terminal = Terminal::start(&args, &home);
        Self {
            broker,
            terminal,
            way,
            disk,
            home,
            bombs: self::bombs_made(),
        }
    }

    /// No report of a panic, and nothing on the disk.
    pub fn check_nothing_is_left(&self) {
        let left = |folder: PathBuf| -> Vec<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            entries
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect()
        };
        let state = left(self.home.join("state/natsbridge"));
        assert!(!state.iter().any(|name| name.starts_with("report")), "{state:?}");
        let spilled = self
            .disk
            .as_ref()
            .map_or_else(Vec::new, |disk| left(disk.path().to_owned()));
        assert_eq!(spilled, Vec::<String>::new());
    }

    /// Publishes frames; what the broker does not take is lost before it came to anybody.
    fn publish(&self, frames: &[u8]) {
        if let Some(peer) = Peer::connect(&self.broker.address()) {
            peer.has_taken(frames);
        }
    }
}

fn kill(stage: &mut Stage) -> bool {
    stage.broker.stop();
    sleep(Duration::from_millis(500));
    stage.broker.start();
    true
}

fn stop(stage: &mut Stage) -> bool {
    stage.broker.signal("-STOP");
    sleep(Duration::from_secs(4));
    stage.broker.signal("-CONT");
    true
}

fn reload(stage: &mut Stage) -> bool {
    stage.broker.reload("max_payload: 8MB\nmax_control_line: 8KB");
    true
}

fn cut(stage: &mut Stage) -> bool {
    stage.way.cut();
    true
}

fn dead(stage: &mut Stage) -> bool {
    stage.way.slow(Duration::MAX);
    sleep(Duration::from_secs(2));
    stage.way.slow(Duration::ZERO);
    true
}

fn slow(stage: &mut Stage) -> bool {
    stage.way.slow(Duration::from_millis(40));
    sleep(Duration::from_secs(2));
    stage.way.slow(Duration::ZERO);
    true
}

/// Header blocks and subjects that end other clients.
fn poison(stage: &mut Stage) -> bool {
    for block in [
        &b"NATS/1.0\r\nK: a\rb\r\n\r\n"[..],
        b"NATS/1.0\r\nno colon\r\n\r\n",
        b"NATS/1.0\r\nK: \xff\xfe\r\n\r\n",
        b"K: v\r\n\r\n",
        b"NATS/1.0 abc\r\n\r\n",
    ] {
        let head = format!(" {} {}\r\n", block.len(), block.len() + 1);
        stage.publish(&[b"HPUB poison.\xff\x1b]0;x\x07", head.as_bytes(), block, b"x\r\n"].concat());
    }
    true
}

/// Forty thousand messages at once: as many as are taken in within a second, even without optimisation.
fn flood(stage: &mut Stage) -> bool {
    let body = "x".repeat(120);
    let frames = format!("PUB flood.a {}\r\n{body}\r\n", body.len()).repeat(1000);
    for _ in 0..40 {
        stage.publish(frames.as_bytes());
    }
    true
}

/// As when a lid is closed: the program stands still while messages come.
fn stopped(stage: &mut Stage) -> bool {
    stage.terminal.signal(Signal::STOP);
    flood(stage);
    sleep(Duration::from_secs(1));
    stage.terminal.signal(Signal::CONT);
    true
}

fn bombs(stage: &mut Stage) -> bool {
    for bomb in &stage.bombs {
        let head = format!("PUB bomb.x {}\r\n", bomb.len());
        stage.publish(&[head.as_bytes(), bomb, b"\r\n"].concat());
        stage.terminal.press("\rjj");
        sleep(Duration::from_millis(300));
        stage.terminal.press("\x1b\x1b2G");
    }
    true
}

fn full_disk(stage: &mut Stage) -> bool {
    let Some(disk) = &stage.disk else {
        return false;
    };
    let free = rustix::fs::statvfs(disk.path()).unwrap();
    let filler = disk.path().join("filler");
    std::fs::write(&filler, vec![1; (free.f_bavail * free.f_bsize) as usize]).ok();
    flood(stage);
    std::fs::remove_file(filler).unwrap();
    true
}

fn resize(stage: &mut Stage) -> bool {
    for round in 0..200_u16 {
        stage
            .terminal
            .resize(1 + round * 37 % LARGEST.0, 1 + round * 53 % LARGEST.1);
        sleep(Duration::from_millis(5));
    }
    stage.terminal.resize_back();
    true
}

fn suspend(stage: &mut Stage) -> bool {
    stage.terminal.press("\x1a");
    stage.terminal.wait_until_stopped();
    sleep(Duration::from_millis(500));
    stage.terminal.signal(Signal::CONT);
    true
}

fn keys(stage: &mut Stage) -> bool {
    stage.terminal.press(&"jjkgG".repeat(200));
    true
}

/// Small messages that are large once they are looked at.
fn bombs_made() -> Vec<Vec<u8>> {
    let zeros = Int64Array::from(vec![0; 12 << 20]);
    let batch = RecordBatch::try_from_iter([("zeros", Arc::new(zeros) as _)]).unwrap();
    let options = IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))
        .unwrap();
    let mut table = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    table.write(&batch).unwrap();
    let table = table.into_inner().unwrap();
    let mut picture = std::io::Cursor::new(Vec::new());
    let blank = image::DynamicImage::new_luma8(5000, 5000);
    blank.write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let envelope = |kind: &str, bodies: &[&[u8]]| {
        let payload = |body: &&[u8]| {
            let (size, data) = (body.len(), encode_base64(body));
            format!(
                r#"{{"id":"1","dataname":"b","payload_type":"{kind}","transport":"direct","encoding":"base64","size":{size},"data":"{data}"}}"#
            )
        };
        let payloads: Vec<String> = bodies.iter().map(payload).collect();
        format!(
            r#"{{"msg_id":"b","sender_name":"bomb","payloads":[{}]}}"#,
            payloads.join(",")
        )
        .into_bytes()
    };
    let objects = format!("[{}{{}}]", "{\"\":0},".repeat(90_000));
    vec![
        envelope("arrowtable", &[&table[..]; 6]),
        envelope("image", &[&picture.into_inner()[..]; 6]),
        envelope("dictionary", &[objects.as_bytes(); 3]),
        "[".repeat(400_000).into_bytes(),
        envelope("text", &[&"e\u{301}\u{301}".repeat(100_000).into_bytes()]),
    ]
}
