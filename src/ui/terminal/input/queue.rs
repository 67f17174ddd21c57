//! What was read from the terminal and nobody has taken yet.

use crossterm::event::{Event, KeyCode, KeyModifiers};
use natsbridge_engine::clock;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

/// Events that may wait; beyond that the terminal is left unread until there is room.
const QUEUE: usize = 64 * 1024;
/// How long Ctrl+C stands in line behind what came before it.
const INTERRUPT_WAIT: Duration = Duration::from_millis(400);

/// What was read and nobody has taken yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// Since when Ctrl+C is among them.
    interrupted: Option<Instant>,
    /// The terminal's last answer to what it can do.
    attributes: Option<Vec<u16>>,
    waker: Option<Waker>,
    closed: bool,
}

impl Waiting {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opened or closed: while it is closed nobody waits for room.
    pub(super) fn set_open(&self, open: bool) {
        self.queue().closed = !open;
        self.changed.notify_all();
    }

    /// Wakes whoever waits once there is an event.
    pub(super) fn wake(&self, waker: &Waker) {
        self.queue().waker = Some(waker.clone());
    }

    /// Waits for the terminal's answer, but not longer than this.
    pub(super) fn attributes(&self, patience: Duration) -> Option<Vec<u16>> {
        let queue = self.queue();
        let waited = (self.changed).wait_timeout_while(queue, patience, |queue| queue.attributes.is_none());
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.attributes.take()
    }

    /// The terminal has answered what it can do.
    pub(super) fn put_attributes(&self, attributes: Vec<u16>) {
        self.queue().attributes = Some(attributes);
        self.changed.notify_all();
    }

    /// Adds an event; waits for room as long as somebody may take others.
    pub(super) fn put_event(&self, event: Event) {
        let full = |queue: &mut Queue| queue.events.len() >= QUEUE && !queue.closed;
        let waited = self.changed.wait_while(self.queue(), full);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        if is_interrupt(&event) {
            queue.interrupted.get_or_insert_with(clock::instant);
        }
        queue.events.push_back(event);
        if let Some(waker) = queue.waker.take() {
            waker.wake();
        }
    }

    /// The next event. What comes before a Ctrl+C that has waited too long is left out.
    pub(super) fn take(&self) -> Option<Event> {
        let mut queue = self.queue();
        if queue.events.len() >= QUEUE {
            self.changed.notify_all();
        }
        if queue
            .interrupted
            .is_some_and(|since| since.elapsed() > INTERRUPT_WAIT)
        {
            while queue.events.front().is_some_and(|event| !is_interrupt(event)) {
                queue.events.pop_front();
            }
        }
        let event = queue.events.pop_front()?;
        if is_interrupt(&event) {
            queue.interrupted = None;
        }
        Some(event)
    }
}

fn is_interrupt(event: &Event) -> bool {
    matches!(event, Event::Key(key)
        if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL && key.is_press())
}
