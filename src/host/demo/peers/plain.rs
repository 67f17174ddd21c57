//! Programs without envelopes: metrics, logs, and plain files.

use serde_json::json;

use crate::demo::scene::{Outgoing, Peer, Scene};

pub const PEER: Peer = Peer {
    name: "plain",
    pause_ms: (350, 1200),
    opening: 4,
    scripts: &[
        (8, metrics),
        (8, log),
        (1, picture),
        (1, table),
        (1, heartbeat),
        (1, storm),
    ],
};

fn metrics(scene: &mut Scene) -> Vec<Outgoing> {
    let random = &mut scene.random;
    let host = *random.pick(&["edge-1", "edge-2", "core-1"]);
    let value =
        json!({"host": host, "cpu": random.tenths(2, 97), "mem_mb": random.between(180, 900), "ok": true});
    vec![Outgoing::new("plain.metrics", value.to_string())]
}

fn log(scene: &mut Scene) -> Vec<Outgoing> {
    let time = scene.now.strftime("%H:%M:%S").to_string();
    let (level, line) = *scene.random.pick(&[
        ("INFO", "gateway: 12 devices online"),
        ("INFO", "upload finished in 184 ms"),
        ("WARN", "mpy-7: clock is one hour ahead"),
        ("DEBUG", "cache: 98 % hits"),
        ("ERROR", "valve 3 did not move, tried 3 times"),
    ]);
    vec![Outgoing::new("plain.log", format!("{time} {level:5} {line}"))]
}

fn picture(scene: &mut Scene) -> Vec<Outgoing> {
    vec![Outgoing::new("plain.picture", scene.assets.avatar)]
}

fn table(scene: &mut Scene) -> Vec<Outgoing> {
    vec![
        Outgoing::new("plain.table", scene.assets.wine)
            .header("Content-Type", "application/vnd.apache.arrow.stream"),
    ]
}

fn heartbeat(_: &mut Scene) -> Vec<Outgoing> {
    vec![Outgoing::new("plain.heartbeat", Vec::new())]
}

/// A burst of log lines.
fn storm(scene: &mut Scene) -> Vec<Outgoing> {
    (0..8)
        .flat_map(|_| log(scene))
        .map(|line| line.after_ms(15))
        .collect()
}
