//! The responders of a session: each answers until it is disarmed or has given its answers, even across lost
//! connections; all of them are visible.

use super::answerer::FixedAnswerer;
use super::job::{Responder, ResponderId, ResponderView};
use super::lazy_bridge::Line;
use super::reports::ProgressReporter;
use super::responder::{RespondOptions, Responding};
use crate::bridge::SendOptions;
use crate::connection::ConnectionError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{interval, sleep};

/// Time between two checks for unanswered messages.
const LOOK: Duration = Duration::from_millis(250);

/// The responders, as shown on screen; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct ResponderList {
    views: Arc<Mutex<BTreeMap<ResponderId, ResponderView>>>,
    herald: ProgressReporter,
}

impl ResponderList {
    /// An empty one.
    pub(crate) fn new(herald: ProgressReporter) -> Self {
        Self {
            views: Arc::default(),
            herald,
        }
    }

    /// Puts a responder on it.
    pub(crate) fn add(&self, responder: &Responder) {
        let view = ResponderView {
            id: responder.id,
            subject: responder.subject.clone(),
            left: responder.count,
            ..ResponderView::default()
        };
        self.change(|views| drop(views.insert(view.id, view.clone())));
    }

    /// Takes it off; what it had come to.
    pub(crate) fn remove(&self, id: ResponderId) -> Option<ResponderView> {
        let mut removed = None;
        self.change(|views| removed = views.remove(&id));
        removed
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.views.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn note(&self, id: ResponderId, write: impl FnOnce(&mut ResponderView)) {
        self.change(|views| {
            if let Some(view) = views.get_mut(&id) {
                write(view);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<ResponderId, ResponderView>)) {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let before = views.clone();
        change(&mut views);
        if *views != before {
            self.herald.responders(views.values().cloned().collect());
        }
    }
}

/// Answers until it has given its answers; it ends earlier only if it is aborted.
pub(crate) async fn answer(responder: Responder, line: Line, sending: SendOptions, board: ResponderList) {
    let id = responder.id;
    let limits = line.options().limits.clone();
    let answerer = Arc::new(FixedAnswerer::new(
        responder.answer,
        sending.clone(),
        limits.clone(),
    ));
    let mut left = responder.count;
    while left != Some(0) {
        line.stood().await;
        let options = RespondOptions {
            subject: responder.subject.clone(),
            group: None,
            delay: responder.delay,
            count: left,
            sender_name: sending.sender_name.clone(),
        };
        let bridge = match line.bridge().await {
            Ok(bridge) => bridge,
            Err(error) => {
                board.note(id, |view| view.trouble = Some(error.to_string()));
                sleep(limits.retry_pause).await;
                continue;
            }
        };
        match Responding::start(bridge.connection(), options, answerer.clone()).await {
            Ok(mut responding) => {
                board.note(id, |view| (view.listening, view.trouble) = (true, None));
                listen(id, &mut responding, &board, limits.answers_per_second).await;
                left = responding.left();
            }
            Err(error) => {
                board.note(id, |view| view.trouble = Some(format!("{error}.")));
                if !matches!(error, ConnectionError::Down { .. }) {
                    // Shown as not answering, until the user disarms it or switches servers.
                    std::future::pending::<()>().await;
                }
            }
        }
        board.note(id, |view| view.listening = false);
        if left != Some(0) {
            // The client is gone, as after a message that it cannot parse.
            sleep(limits.retry_pause / 5).await;
        }
    }
}

/// Answers over one connection until that is gone or the count is reached.
async fn listen(id: ResponderId, responding: &mut Responding, board: &ResponderList, most: u32) {
    let mut looking = interval(LOOK);
    loop {
        let answered = tokio::select! {
            answered = responding.next() => match answered {
                Some(answered) => Some(answered),
                None => return,
            },
            // Unanswered messages create no event.
            _ = looking.tick() => None,
        };
        let (left, skipped) = (responding.left(), responding.skipped());
        board.note(id, |view| {
            if skipped.too_many > view.skipped.too_many {
                view.trouble = Some(format!(
                    "More than {most} requests arrived within a second; the rest were not answered, \
                     because two responders may be answering each other."
                ));
            }
            (view.left, view.skipped) = (left, skipped);
            match answered.map(|answered| answered.error) {
                Some(None) => view.answered += 1,
                Some(why) => view.trouble = why.map(|why| why.to_string()),
                None => {}
            }
        });
    }
}
