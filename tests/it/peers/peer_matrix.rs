//! The matrix of the guide: our echo peers, run as their users run them and probed with every kind, edge case, dialect and
//! transport, on an old and a new nats-server and on our embedded broker. `NATSBRIDGE_UPDATE=1 cargo test peer_matrix`
//! writes it anew.

use crate::peers::echo_programs::echoing;
use crate::support::binary::{command, finish};
use crate::support::broker_stand::broker;
use crate::support::file_server_stand::start;
use crate::support::marked_sections::{replace, section};
use crate::support::real::{micropython, node, python};
use crate::support::servers::{nats_server, old_nats_server};
use natsbridge_host::FileHostOptions;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

const PEERS: [&str; 3] = ["Python", "JavaScript, node", "MicroPython"];

fn mark(result: &str) -> &'static str {
    match result {
        "same" => "✔",
        "refused" => "refused",
        other => panic!("{other}"),
    }
}

/// Probes one peer on one broker: the cases over their transports in their order, in every dialect.
fn probe(url: &str, subject: &str, files: &str) -> Vec<(String, &'static str)> {
    let run = finish(&mut command(&[
        "probe",
        subject,
        "--json",
        "-s",
        url,
        "--fileserver-url",
        files,
        "--timeout",
        "30s",
    ]));
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let results = report["results"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cells = results.map(|result| {
        let name = format!("{}, {}", text(&result["case"]), text(&result["transport"]));
        let found = text(&result["result"]);
        assert!(["same", "refused"].contains(&&*found), "{subject}: {result}");
        (name, mark(&found))
    });
    cells.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_of_the_readme_is_what_the_peers_do() {
    let (Some(new), Some(old)) = (nats_server(), old_nats_server()) else {
        return;
    };
    let (embedded, files) = (broker().await, start(FileHostOptions::default()).await);
    // How a peer takes a case over a transport: the worst over all dialects and brokers.
    let mut cells: HashMap<(String, usize), &str> = HashMap::new();
    let mut rows = Vec::new();
    for url in [new.url(), old.url(), embedded.url()] {
        let (Some(mut python), Some(mut node), Some(micropython)) = (python(), node(), micropython()) else {
            return;
        };
        python.env("FILESERVER_URL", files.url());
        node.env("FILESERVER_URL", files.url());
        let peers = [
            echoing(python, "echo.py", &["/peer/0", &url]),
            echoing(node, "echo.js", &["/peer/1", &url]),
            echoing(micropython, "echo_micropython.py", &["/peer/2", &url]),
        ];
        let found = std::thread::scope(|scope| {
            let (url, files) = (&url, &files);
            let probes = [0, 1, 2]
                .map(|index| scope.spawn(move || probe(url, &format!("/peer/{index}"), files.url())));
            probes.map(|probe| probe.join().unwrap())
        });
        for (index, found) in found.into_iter().enumerate() {
            for (row, mark) in found {
                let cell = cells.entry((row.clone(), index)).or_insert(mark);
                if mark != "✔" {
                    *cell = mark;
                }
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
        drop(peers);
    }
    let mut table = format!("| case | {} |\n|---|---|---|---|\n", PEERS.join(" | "));
    for row in rows {
        let marks = [0, 1, 2].map(|index| cells[&(row.clone(), index)]);
        writeln!(table, "| {row} | {} |", marks.join(" | ")).unwrap();
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/guide/peers.md");
    let page = std::fs::read_to_string(&path).unwrap();
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, replace(&page, "peers", &table)).unwrap();
    } else {
        assert_eq!(
            section(&page, "peers"),
            table,
            "NATSBRIDGE_UPDATE=1 cargo test peer_matrix"
        );
    }
}
