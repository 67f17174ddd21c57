//! Every command of help, of the README and of the guide does what it says: it is run in a shell beside the demo's broker, file
//! server and peers, or a real nats-server where it needs JetStream.
#![cfg(unix)]

use crate::support::binary::{PATIENCE, natsbridge};
use crate::support::ground::{Ground, takes_the_screen};
use crate::support::servers::nats_server_with;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The lines of ours in the shell blocks of all pages.
fn of_pages() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_dir(root.join("assets/guide")).unwrap();
    let mut pages: Vec<_> = guide.map(|page| page.unwrap().path()).collect();
    pages.extend(["README.md", "assets/drafts.md"].map(|page| root.join(page)));
    let mut lines = BTreeSet::new();
    for page in pages {
        let text = std::fs::read_to_string(page).unwrap();
        for block in text.split("```sh\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            lines.extend(
                block
                    .lines()
                    .filter(|line| line.starts_with("natsbridge"))
                    .map(bare),
            );
        }
    }
    lines
}

/// Without its comment and what it is piped to.
fn bare(line: &str) -> String {
    let ends = [" #", " | "].map(|end| line.find(end).unwrap_or(line.len()));
    line[..ends.into_iter().min().unwrap()].trim().to_owned()
}

/// The two examples at the end of the help of each verb.
fn of_help() -> BTreeSet<String> {
    let help = natsbridge(&["--help"]).out;
    // They stand in the second column.
    let columns = help
        .lines()
        .filter_map(|line| line.get(9..)?.strip_prefix(' ')?.split_once("  "));
    let verbs = columns
        .map(|(verb, _)| verb.trim())
        .filter(|verb| !verb.is_empty() && verb.chars().all(|letter| letter.is_ascii_lowercase()));
    let mut lines = BTreeSet::new();
    let mut known = 0;
    for verb in verbs {
        let help = natsbridge(&[verb, "--help"]).out;
        let (_, examples) = help
            .rsplit_once("Examples:\n")
            .unwrap_or_else(|| panic!("{verb}: {help}"));
        let examples: Vec<_> = examples.lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(examples.len(), 2, "{verb}: {examples:?}");
        lines.extend(examples);
        known += 1;
    }
    assert!(known >= 18, "{known} verbs:\n{help}");
    lines
}

/// Tries lines a few at a time.
async fn try_all(lines: BTreeSet<String>, ground: Ground) {
    let (ground, left) = (Arc::new(ground), Arc::new(Mutex::new(lines.into_iter())));
    let faults = Arc::new(Mutex::new(Vec::new()));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (ground, left, faults) = (Arc::clone(&ground), Arc::clone(&left), Arc::clone(&faults));
            std::thread::spawn(move || {
                loop {
                    let Some(line) = left.lock().unwrap().next() else {
                        return;
                    };
                    let folder = ground.folder(&line);
                    if takes_the_screen(&line) {
                        ground.open(&line, &folder);
                        continue;
                    }
                    match ground.try_out(&line, &folder) {
                        // Nothing of what it asks for may be there, but it is understood and carried out.
                        (Some(0 | 1 | 143), _) => {}
                        (code, said) => faults.lock().unwrap().push(format!("{line}: {code:?}\n{said}")),
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        tokio::task::spawn_blocking(|| worker.join())
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(*faults.lock().unwrap(), Vec::<String>::new());
}

fn needs_jetstream(line: &str) -> bool {
    line.contains("--jetstream")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_every_verb_work() {
    let (ground, _keepers) = Ground::new().await;
    try_all(of_help(), ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_every_page_work() {
    let lines: BTreeSet<_> = of_pages()
        .into_iter()
        .filter(|line| !needs_jetstream(line))
        .collect();
    assert!(lines.len() > 30, "{lines:?}");
    let (ground, _keepers) = Ground::new().await;
    try_all(lines, ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_for_streams_work_with_a_real_broker() {
    let Some(server) = nats_server_with("jetstream {}") else {
        return;
    };
    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = async_nats::jetstream::stream::Config {
        name: "ORDERS".into(),
        subjects: vec!["orders.>".into()],
        ..Default::default()
    };
    let jetstream = async_nats::jetstream::new(client.clone());
    let made = jetstream.create_stream(stream);
    tokio::time::timeout(PATIENCE, made).await.unwrap().unwrap();
    client.publish("orders.new", "1".into()).await.unwrap();
    client.flush().await.unwrap();
    let lines: BTreeSet<_> = of_pages()
        .into_iter()
        .filter(|line| needs_jetstream(line))
        .collect();
    assert!(lines.len() >= 4, "{lines:?}");
    let (ground, _keepers) = Ground::new().await;
    let ground = Ground {
        url: server.url(),
        ..ground
    };
    try_all(lines, ground).await;
}
