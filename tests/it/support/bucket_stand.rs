//! Two file servers at work over one bucket of a cluster: files are stored at both all the time, and one-shot files asked for at
//! both. What happens to the cluster meanwhile is the test's.

use crate::support::binary::{Peer, command};
use crate::support::cluster_stand::{BACK, Cluster};
use crate::support::file_server_stand::noise;
use crate::support::http_client::{Answer, plik, read, write};
use crate::support::waits::until;
use futures_util::future::join_all;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::interval;

/// How often a file is stored, and a one-shot file asked for.
const EVERY: Duration = Duration::from_millis(50);

/// The stream behind the bucket.
pub const BUCKET: &str = "OBJ_files";

/// A request that the server may also cut off.
async fn ask(at: &str, method: &str, path: &str, body: &[u8]) -> Option<Answer> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\nContent-Length: {length}\r\n\r\n");
    let mut stream = write(at, &[head.as_bytes(), body].concat()).await;
    read(&mut stream, true).await
}

/// Asks for a one-shot file until it is here or gone; whether it came whole.
async fn take(at: String, path: String, body: Vec<u8>) -> bool {
    let mut again = interval(EVERY);
    loop {
        again.tick().await;
        match ask(&at, "GET", &path, b"").await {
            Some(answer) if answer.status == 200 => {
                assert!(answer.body == body, "what came is not what was stored");
                return true;
            }
            Some(answer) if answer.status == 404 => return false,
            _ => {}
        }
    }
}

/// The two, and what they have stored.
pub struct FileServers {
    places: [String; 2],
    stored: Arc<Mutex<Vec<usize>>>,
    stop: Arc<AtomicBool>,
    /// One-shot files that somebody asks for, each at both.
    taking: Vec<JoinHandle<bool>>,
    _servers: [Peer; 2],
}

impl FileServers {
    /// Both start at once, whether the cluster has a leader or not, and are given files all the time.
    pub async fn start(cluster: &Cluster) -> Self {
        let urls = cluster.urls();
        let line = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--open",
            "--jetstream",
            "files",
            "-s",
            &urls,
        ];
        let servers = [(); 2].map(|()| Peer::start(&mut command(&line)));
        let places = servers.each_ref().map(|server| {
            let url = server.out.next("the address of a file server");
            let url = url.unwrap_or_else(|| panic!("{:?}", server.err.rest("why it did not start")));
            url.strip_prefix("http://").unwrap().to_owned()
        });
        cluster.whole(BUCKET).await;
        let files = Self {
            places,
            stored: Arc::default(),
            stop: Arc::default(),
            taking: Vec::new(),
            _servers: servers,
        };
        let (places, stored, stop) = (files.places.clone(), files.stored.clone(), files.stop.clone());
        tokio::spawn(async move {
            let mut every = interval(EVERY);
            for number in 0.. {
                every.tick().await;
                let answer = ask(&places[number % 2], "PUT", &path(number), &kept(number)).await;
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                if answer.is_some_and(|answer| answer.status == 201) {
                    stored.lock().unwrap().push(number);
                }
            }
        });
        files
    }

    /// Stores one-shot files, and has them asked for at both from now on.
    pub async fn offer(&mut self) {
        let body = noise(300_000);
        let storing = (0..6).map(|_| plik(&self.places[0], r#"{"oneShot":true}"#, "once.bin", &body));
        for path in join_all(storing).await {
            let of = |at: &String| tokio::spawn(take(at.clone(), path.clone(), body.clone()));
            self.taking.extend(self.places.each_ref().map(of));
        }
    }

    /// Both store again, in time; what was offered came to one of those who asked.
    pub async fn work(&mut self, after: &str, back: Instant) {
        let before = self.count();
        until("files to be stored", async || self.count() > before + 2).await;
        let took = back.elapsed();
        assert!(took < BACK, "after {after} the file servers took {took:?}");
        let taken = join_all(self.taking.drain(..)).await;
        let taken: Vec<bool> = taken.into_iter().map(Result::unwrap).collect();
        for both in taken.chunks(2) {
            assert_eq!(both.iter().filter(|took| **took).count(), 1, "after {after}");
        }
    }

    fn count(&self) -> usize {
        self.stored.lock().unwrap().len()
    }

    /// All that was stored is there.
    pub async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let stored = self.stored.lock().unwrap().clone();
        for number in stored {
            let answer = ask(&self.places[number / 2 % 2], "GET", &path(number), b"").await;
            assert!(
                answer.is_some_and(|answer| answer.body == kept(number)),
                "{number}"
            );
        }
    }
}

fn path(number: usize) -> String {
    format!("/kept/{number}.bin")
}

/// Small ones, and some of several chunks.
fn kept(number: usize) -> Vec<u8> {
    noise(1_000 + number % 3 * 200_000)
}
