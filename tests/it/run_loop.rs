//! The loop itself, on a terminal of our own making.

use crate::binary::PATIENCE;
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use futures_util::Stream;
use jiff::tz::TimeZone;
use natsbridge::app::Settings;
use natsbridge::engine::{Session, Store};
use natsbridge::ui::{Colours, RunOptions, Screen, Themes, run};
use natsbridge::wire::Limits;
use ratatui::backend::TestBackend;
use ratatui::{Frame, Terminal};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Keys as the terminal gives them: who asks first while there are none is woken by the next one, and nobody else is.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<(VecDeque<Input>, Option<Waker>)>>);

impl Keys {
    fn press(&self, code: KeyCode, modifiers: KeyModifiers) {
        let (keys, waker) = &mut *self.0.lock().unwrap();
        keys.push_back(Input::Key(KeyEvent::new(code, modifiers)));
        if let Some(waker) = waker.take() {
            waker.wake();
        }
    }
}

impl Stream for Keys {
    type Item = io::Result<Input>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (keys, waker) = &mut *self.0.lock().unwrap();
        if let Some(key) = keys.pop_front() {
            return Poll::Ready(Some(Ok(key)));
        }
        waker.get_or_insert_with(|| context.waker().clone());
        Poll::Pending
    }
}

/// A screen that tells when it has been drawn.
struct Drawn(Terminal<TestBackend>, mpsc::UnboundedSender<()>);

impl Screen for Drawn {
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(render).expect("a test backend draws");
        self.1.send(()).expect("the test waits");
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_key_wakes_the_loop_not_only_the_first() {
    let (commands, _commands) = mpsc::channel(4);
    let (_events, events) = mpsc::channel(4);
    let session = Session {
        store: Store::new(Limits::default().into()),
        commands,
        events,
    };
    let options = RunOptions {
        settings: Settings::default(),
        mistakes: vec![],
        themes: Themes::default(),
        colours: Colours::True,
        zone: TimeZone::UTC,
        clock: || 0,
    };
    let (drawn, mut draws) = mpsc::unbounded_channel();
    let mut screen = Drawn(Terminal::new(TestBackend::new(80, 24)).unwrap(), drawn);
    let (_interrupt, interrupts) = mpsc::channel(1);
    let keys = Keys::default();
    let typing = async {
        draws.recv().await.expect("the first frame");
        for _ in 0..3 {
            keys.press(KeyCode::Char('?'), KeyModifiers::NONE);
            draws.recv().await.expect("a frame for the key");
        }
        keys.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    };
    let running = run(options, session, &mut screen, keys.clone(), interrupts);
    let both = async { tokio::join!(running, typing).0 };
    let report = timeout(PATIENCE, both)
        .await
        .expect("no key is left lying")
        .unwrap();
    assert!(report.frames >= 4);
}
