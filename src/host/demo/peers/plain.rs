//! Programs without envelopes: metrics, logs, and plain files.

use serde_json::json;

use crate::demo::asset;
use crate::demo::stage::{Outgoing, Peer, Stage};

pub const PEER: Peer = Peer {
    name: "plain",
    pause_ms: (350, 1200),
    opening: 4,
    scenes: &[
        (8, metrics),
        (8, log),
        (1, picture),
        (1, table),
        (1, heartbeat),
        (1, storm),
    ],
};

fn metrics(stage: &mut Stage) -> Vec<Outgoing> {
    let random = &mut stage.random;
    let host = *random.pick(&["edge-1", "edge-2", "core-1"]);
    let value =
        json!({"host": host, "cpu": random.tenths(2, 97), "mem_mb": random.between(180, 900), "ok": true});
    vec![Outgoing::new("plain.metrics", value.to_string())]
}

fn log(stage: &mut Stage) -> Vec<Outgoing> {
    let time = stage.now.strftime("%H:%M:%S").to_string();
    let (level, line) = *stage.random.pick(&[
        ("INFO", "gateway: 12 devices online"),
        ("INFO", "upload finished in 184 ms"),
        ("WARN", "mpy-7: clock is one hour ahead"),
        ("DEBUG", "cache: 98 % hits"),
        ("ERROR", "valve 3 did not move, tried 3 times"),
    ]);
    vec![Outgoing::new("plain.log", format!("{time} {level:5} {line}"))]
}

fn picture(_: &mut Stage) -> Vec<Outgoing> {
    vec![Outgoing::new("plain.picture", asset::AVATAR)]
}

fn table(_: &mut Stage) -> Vec<Outgoing> {
    vec![
        Outgoing::new("plain.table", asset::WINE)
            .header("Content-Type", "application/vnd.apache.arrow.stream"),
    ]
}

fn heartbeat(_: &mut Stage) -> Vec<Outgoing> {
    vec![Outgoing::new("plain.heartbeat", Vec::new())]
}

/// A burst of log lines.
fn storm(stage: &mut Stage) -> Vec<Outgoing> {
    (0..8)
        .flat_map(|_| log(stage))
        .map(|line| line.after_ms(15))
        .collect()
}
