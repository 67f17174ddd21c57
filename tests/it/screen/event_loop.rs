//! The loop of the screen with a terminal of our own making.

use crate::support::servers::{PATIENCE, nats_server};
use crate::support::session_stand::start;
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use futures_util::Stream;
use jiff::tz::TimeZone;
use natsbridge_app::Settings;
use natsbridge_engine::{
    Command, Contexts, Event, FetchPolicy, Fetcher, Headers, Incoming, SendOptions, Session, Store,
};
use natsbridge_ui::{Colours, RunOptions, SavedState, Screen, TerminalGraphics, Themes, run};
use natsbridge_wire::Limits;
use ratatui::backend::TestBackend;
use ratatui::{Frame, Terminal};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// Keys as crossterm's stream gives them: it remembers the waker of the first poll that found nothing, and no other
/// until that one was woken.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    ready: Vec<char>,
    waker: Option<Waker>,
}

impl Keys {
    fn press(&self, key: char) {
        let mut waiting = self.0.lock().unwrap();
        waiting.ready.push(key);
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
    }
}

impl Stream for Keys {
    type Item = io::Result<Input>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut waiting = self.0.lock().unwrap();
        if waiting.ready.is_empty() {
            waiting.waker.get_or_insert_with(|| cx.waker().clone());
            return Poll::Pending;
        }
        let key = waiting.ready.remove(0);
        let code = match key {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            key => KeyCode::Char(key),
        };
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        Poll::Ready(Some(Ok(Input::Key(key))))
    }
}

/// Tells each frame's text.
struct Told(Terminal<TestBackend>, mpsc::UnboundedSender<String>);

impl Screen for Told {
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(render).expect("a test screen takes everything");
        self.1.send(self.0.backend().to_string()).ok();
        Ok(())
    }
    fn clear(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn lend(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn copy(&mut self, _text: &str) -> io::Result<()> {
        Ok(())
    }
    fn mouse(&mut self, _on: bool) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until a frame shows a text, or does not.
async fn wait_for(drawn: &mut mpsc::UnboundedReceiver<String>, text: &str, shown: bool) -> String {
    let seen = async {
        while let Some(frame) = drawn.recv().await {
            if frame.contains(text) == shown {
                return frame;
            }
        }
        panic!("the loop ended before {text:?} was {shown}");
    };
    let seen = tokio::time::timeout(PATIENCE, seen).await;
    seen.unwrap_or_else(|_| panic!("waited in vain for {text:?} to be {shown}"))
}

fn options() -> RunOptions {
    RunOptions {
        settings: Settings::default(),
        mistakes: vec![],
        themes: Themes::new(natsbridge::cli::built_in_themes()),
        colours: Colours::None,
        terminal: TerminalGraphics::default(),
        zone: TimeZone::UTC,
        fetcher: Fetcher::new(FetchPolicy::default(), Limits::default()),
        sending: SendOptions::default(),
        contexts: Contexts::default(),
        context: None,
        editor: "true".into(),
        memory: SavedState::default(),
        welcome: false,
        tour: false,
        filter: String::new(),
        clock: || jiff::Timestamp::now().as_microsecond(),
    }
}

/// The loop once looked into the stream on the side; the stream then woke that look, and every key after the first
/// waited until something else happened.
#[tokio::test]
async fn every_key_wakes_the_idle_loop() {
    let (commands, mut asked) = mpsc::channel(8);
    let (tell, events) = mpsc::channel(8);
    let session = Session {
        store: Store::new(Limits::default().into()),
        commands,
        events,
    };
    let options = options();
    let (frames, mut drawn) = mpsc::unbounded_channel();
    let mut screen = Told(Terminal::new(TestBackend::new(100, 30)).unwrap(), frames);
    let keys = Keys::default();
    let (_interrupt, interrupts) = mpsc::channel(1);
    let running = run(options, session, &mut screen, keys.clone(), interrupts);
    let pressing = async {
        wait_for(&mut drawn, "natsbridge", true).await;
        for _ in 0..5 {
            keys.press('?');
            wait_for(&mut drawn, "╭ Keys ─", true).await;
            keys.press('q');
            wait_for(&mut drawn, "╭ Keys ─", false).await;
        }
        keys.press('q');
        assert_eq!(asked.recv().await, Some(Command::Quit));
        tell.send(Event::Ended).await.unwrap();
    };
    let (report, ()) = tokio::join!(running, pressing);
    assert!(report.unwrap().frames >= 11);
}

/// Asks for the help and leaves it: how long each took, and the frame that showed it.
async fn help(keys: &Keys, drawn: &mut mpsc::UnboundedReceiver<String>) -> [(Duration, String); 2] {
    let mut answers =
        [('?', true), ('q', false)].map(|(key, shown)| (key, shown, Duration::ZERO, String::new()));
    for (key, shown, took, frame) in &mut answers {
        let pressed = Instant::now();
        keys.press(*key);
        *frame = wait_for(drawn, "╭ Keys ─", *shown).await;
        *took = pressed.elapsed();
    }
    answers.map(|(.., took, frame)| (took, frame))
}

/// Row 42 at the screen: while nothing comes from the broker every key is answered, and the colours turn.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_answers_every_key_while_the_broker_is_stopped() {
    let Some(server) = nats_server() else { return };
    let session = start(&server.url(), &[">"]);
    let (frames, mut drawn) = mpsc::unbounded_channel();
    let mut screen = Told(Terminal::new(TestBackend::new(160, 30)).unwrap(), frames);
    let keys = Keys::default();
    let (_interrupt, interrupts) = mpsc::channel(1);
    let running = run(options(), session, &mut screen, keys.clone(), interrupts);
    let pressing = async {
        wait_for(&mut drawn, "● nats://", true).await;
        let mut before = Vec::new();
        for _ in 0..20 {
            before.extend(help(&keys, &mut drawn).await.map(|(answered, _)| answered));
        }
        server.signal("-STOP");
        let stopped = Instant::now();
        let (mut answers, mut amber, mut red) = (Vec::new(), None, None);
        // Some more after it was given up: then it is connected to in vain.
        let mut more = 20;
        while more > 0 {
            assert!(stopped.elapsed() < PATIENCE, "{amber:?} {red:?}");
            for (answered, frame) in help(&keys, &mut drawn).await {
                answers.push(answered);
                if frame.contains("◐ nats://") && frame.contains("not responding") {
                    amber.get_or_insert(stopped.elapsed());
                }
                if frame.contains("◌ disconnected") && frame.contains("no response for") {
                    red.get_or_insert(stopped.elapsed());
                }
            }
            more -= usize::from(red.is_some());
            // As a person pauses, and so that there is something left for others.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(amber.is_some() && amber < red, "{amber:?} {red:?}");
        let of = |times: &mut Vec<Duration>| {
            times.sort();
            (times[times.len() / 2], times[times.len() * 99 / 100])
        };
        let (usual, (middle, slow)) = (of(&mut before), of(&mut answers));
        eprintln!(
            "{} keys, p50 {middle:?}, p99 {slow:?}, before {usual:?}, amber {amber:?}, red {red:?}",
            answers.len()
        );
        // Without optimisation and beside other tests a key takes longer, but not longer than before the broker stopped.
        let bound = |usual: Duration| Duration::from_millis(50).max(usual * 4);
        assert!(
            middle <= bound(usual.0) && slow < Duration::from_secs(2),
            "{middle:?} {slow:?}, before {usual:?}"
        );
        server.signal("-CONT");
        wait_for(&mut drawn, "● nats://", true).await;
        keys.press('q');
    };
    let (report, ()) = tokio::join!(running, pressing);
    assert!(report.is_ok());
}

/// A server that sends a little and then nothing: only a person ends this.
#[tokio::test]
async fn a_download_that_stands_still_shows_how_far_it_is_and_escape_drops_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/rows", listener.local_addr().unwrap());
    let (commands, mut asked) = mpsc::channel(8);
    let (tell, events) = mpsc::channel(8);
    let store = Store::new(Limits::default().into());
    let text = serde_json::json!({
        "correlationId": "c", "msgId": "m", "timestamp": "2026-11-22T12:01:02.118Z", "sendTo": "a",
        "msgPurpose": "chat", "senderName": "s", "payloads": [{
            "id": "1", "dataname": "rows", "type": "binary", "transport": "link", "encoding": "none",
            "size": 4_000_000, "data": url,
        }],
    });
    store.append([Incoming {
        at_us: 0,
        subject: "a",
        reply: None,
        headers: Headers::default(),
        payload: text.to_string().as_bytes(),
    }]);
    let session = Session {
        store,
        commands,
        events,
    };
    let (frames, mut drawn) = mpsc::unbounded_channel();
    let mut screen = Told(Terminal::new(TestBackend::new(160, 40)).unwrap(), frames);
    let keys = Keys::default();
    let (_interrupt, interrupts) = mpsc::channel(1);
    let running = run(options(), session, &mut screen, keys.clone(), interrupts);
    let pressing = async {
        tell.send(Event::Store).await.unwrap();
        wait_for(&mut drawn, "Enter Enter  fetches it", true).await;
        keys.press('\n');
        wait_for(&mut drawn, "127.0.0.1 (this computer)", true).await;
        keys.press('\n');
        let (mut peer, _) = listener.accept().await.unwrap();
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n";
        peer.write_all(head.as_bytes()).await.unwrap();
        peer.write_all(&vec![7; 1_000_000]).await.unwrap();
        wait_for(&mut drawn, "1.00 MB of 4.00 MB · 25 %", true).await;
        keys.press('\u{1b}');
        wait_for(&mut drawn, "Cancelled.", true).await;
        // The connection is closed at once, not when some time has run out.
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(2), peer.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "the download goes on");
        keys.press('q');
        assert_eq!(asked.recv().await, Some(Command::Quit));
        tell.send(Event::Ended).await.unwrap();
    };
    let (report, ()) = tokio::join!(running, pressing);
    assert!(report.is_ok());
}
