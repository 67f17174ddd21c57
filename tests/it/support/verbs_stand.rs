//! The verbs that stay connected, at work in a cluster: `listen` of subjects and of a stream, `record`, `reply`, `replay`, `send
//! --jetstream`. What happens to the cluster meanwhile is the test's.

use crate::support::binary::{Folder, Peer, command};
use crate::support::cluster_stand::{BACK, Cluster};
use crate::support::tape_stand::{heard, read};
use crate::support::waits::until;
use futures_util::StreamExt;
use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};
use tokio::sync::watch;

/// How often something is said that only those hear who are connected.
const EVERY: Duration = Duration::from_millis(25);
/// Messages that one verb sends, and how many a second.
const SENT: (usize, &str) = (500, "25/s");

/// Where the test is.
#[derive(Clone)]
struct Phase {
    now: watch::Sender<String>,
    answered: watch::Sender<String>,
    replayed: watch::Sender<u64>,
}

impl Phase {
    /// Says all the time where the test is, and asks who answers.
    fn start(cluster: &Cluster) -> Self {
        let phase = Self {
            now: watch::Sender::default(),
            answered: watch::Sender::default(),
            replayed: watch::Sender::default(),
        };
        let (client, saying) = (cluster.context.client(), phase.clone());
        tokio::spawn(async move {
            let mut every = tokio::time::interval(EVERY);
            loop {
                every.tick().await;
                let now = saying.now.borrow().clone();
                client.publish("live.phase", now.into()).await.ok();
            }
        });
        let (client, asking) = (cluster.context.client(), phase.clone());
        tokio::spawn(async move {
            let mut every = tokio::time::interval(EVERY);
            loop {
                every.tick().await;
                let now = asking.now.borrow().clone();
                if let Ok(answer) = client.request("echo", now.into()).await {
                    let text = String::from_utf8_lossy(&answer.payload).into_owned();
                    asking.answered.send_replace(text);
                }
            }
        });
        let (client, counting) = (cluster.context.client(), phase.clone());
        tokio::spawn(async move {
            let mut replayed = client.subscribe("live.replayed").await.unwrap();
            while replayed.next().await.is_some() {
                counting.replayed.send_modify(|count| *count += 1);
            }
        });
        phase
    }
}

/// A dump of two messages with time between them.
fn dump(folder: &Folder) -> PathBuf {
    let path = folder.path().join("dump");
    std::fs::create_dir(&path).unwrap();
    for number in [1, 2] {
        let file = path.join(format!("{number}.json"));
        std::fs::write(&file, r#"{"Subject":"live.replayed","Data":"eA=="}"#).unwrap();
        let at = UNIX_EPOCH + Duration::from_secs(1_000_000_000) + EVERY * number;
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(at)
            .unwrap();
    }
    path
}

/// Verbs at work.
pub struct Verbs {
    listen: Peer,
    follow: Peer,
    send: Peer,
    tape: PathBuf,
    phase: Phase,
    /// They only have to go on.
    _others: [Peer; 3],
}

impl Verbs {
    pub fn start(cluster: &Cluster, folder: &Folder) -> Self {
        let urls = &*cluster.urls();
        let start = |line: &[&str]| Peer::start(&mut command(&[line, &["-s", urls]].concat()));
        let tape = folder.path().join("tape.jsonl");
        let record = start(&["record", path(&tape), "live.phase"]);
        let reply = start(&["reply", "echo", "--echo"]);
        record.err.wait_for("Recording");
        reply.err.wait_for("Answering");
        let listen = start(&["listen", "live.phase", "--json"]);
        listen.err.wait_for("Listening");
        let text = ["send", "s.sent", "--text", "m=x", "--jetstream", "--rate", SENT.1];
        Self {
            listen,
            follow: start(&["listen", "--jetstream", "S", "--json"]),
            send: start(&[&text[..], &["--count", &SENT.0.to_string()]].concat()),
            tape,
            phase: Phase::start(cluster),
            _others: [record, reply, start(&["replay", path(&dump(folder)), "--loop"])],
        }
    }

    /// All of them work again, in time.
    pub async fn work(&self, now: &str, back: Instant) {
        let phase = &self.phase;
        phase.now.send_replace(now.to_owned());
        let before = *phase.replayed.borrow();
        self.listen.out.wait_for(&format!("{now:?}"));
        until("an answer", async || *phase.answered.borrow() == now).await;
        until("what is replayed", async || *phase.replayed.borrow() > before).await;
        self.sends();
        until("the message on the tape", async || {
            let (kept, _) = read(&self.tape);
            heard(kept).iter().any(|message| message.payload == now)
        })
        .await;
        let took = back.elapsed();
        assert!(took < BACK, "after {now} the verbs took {took:?}");
    }

    /// Until it has sent all.
    fn sends(&self) {
        if let Some(line) = self.send.out.next("what is sent") {
            assert!(line.contains("acknowledged S #"), "{line}");
        }
    }

    /// What was sent is in the stream once, and `listen` has shown all of the stream once; so many messages of it are of others.
    pub async fn end(self, cluster: &Cluster, others: usize) {
        let sent = self.send.out.rest("the end of what is sent");
        assert!(
            sent.iter().all(|line| line.contains("acknowledged S #")),
            "{sent:?}"
        );
        assert_eq!(self.send.err.rest("the errors"), [""; 0]);
        // Behind all that was sent, which may take longer than all the faults.
        let end = cluster.store("s.x", "the end").await;
        let mut followed = Vec::new();
        while followed.last() != Some(&end) {
            let line = self.follow.out.next("what is followed").unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            let number = line["headers"]["Nats-Sequence"][0].as_str().unwrap();
            followed.push(number.parse().unwrap());
        }
        assert_eq!(followed, (1..=end).collect::<Vec<u64>>());
        assert_eq!(end as usize, SENT.0 + others + 1);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
