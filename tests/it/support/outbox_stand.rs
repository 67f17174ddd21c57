//! What the tests of sending stand on: sendings as a session is given them, and waits for what it tells of them.

use crate::support::session_stand::wait_for;
use natsbridge_engine::{
    Command, Composition, Event, OutboxCommand, PayloadRow, RequestOptions, Responder, ResponderId,
    ResponderView, SendId, SendJob, SendMode, SendProgress, SendStage, Session,
};
use natsbridge_wire::{Limits, Value, decode_message};
use std::time::Duration;

/// A composition with one text.
pub fn composition(subject: &str, text: &str) -> Composition {
    Composition {
        subject: subject.into(),
        payloads: vec![PayloadRow::text("message", text)],
        ..Composition::default()
    }
}

/// A sending of one such message.
pub fn job(id: u64, subject: &str, text: &str) -> SendJob {
    SendJob {
        id: SendId(id),
        composition: composition(subject, text),
        mode: SendMode::Send,
        count: 1,
        every: None,
        queue: false,
    }
}

/// A request that waits for `replies`.
pub fn request(id: u64, subject: &str, replies: usize, timeout: Duration) -> SendJob {
    SendJob {
        mode: SendMode::Request(RequestOptions { timeout, replies }),
        ..job(id, subject, "?")
    }
}

/// Has it sent.
pub async fn send(session: &Session, job: SendJob) {
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Send(Box::new(job))))
        .await
        .unwrap();
}

/// The next report of a sending that is as we wait for.
pub async fn report(
    session: &mut Session,
    id: u64,
    what: &str,
    check: impl Fn(&SendProgress) -> bool,
) -> SendProgress {
    wait_for(session, what, |event| match event {
        Event::Job(report) if report.id == SendId(id) && check(report) => Some(report.clone()),
        _ => None,
    })
    .await
}

/// The last report of a sending.
pub async fn over(session: &mut Session, id: u64) -> SendProgress {
    report(session, id, "the end of a sending", |report| report.over).await
}

/// The sentence of a sending that did not go out.
pub fn failure(report: &SendProgress) -> &str {
    match &report.stage {
        SendStage::Failed(why) => why,
        other => panic!("it did not fail: {other:?}"),
    }
}

/// Arms a responder and waits until requests reach it.
pub async fn arm(session: &mut Session, responder: Responder) {
    let id = responder.id;
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Arm(Box::new(responder))))
        .await
        .unwrap();
    responder_is(session, id.0, "the responder to listen", |view| view.listening).await;
}

/// The next state of a responder that is as we wait for.
pub async fn responder_is(
    session: &mut Session,
    id: u64,
    what: &str,
    check: impl Fn(&ResponderView) -> bool,
) -> ResponderView {
    wait_for(session, what, |event| match event {
        Event::Responders(views) => views
            .iter()
            .find(|view| view.id == ResponderId(id) && check(view))
            .cloned(),
        _ => None,
    })
    .await
}

/// The texts of the messages stored on a subject.
pub fn texts(session: &Session, subject: &str) -> Vec<String> {
    let range = session.store.range();
    let stored = range.filter_map(|seq| session.store.message(seq));
    let mut texts = Vec::new();
    for message in stored.filter(|message| &*message.subject == subject) {
        let decoded = decode_message(&message.payload, subject, &Limits::default());
        for payload in decoded.payloads {
            if let Value::Text(text) = payload.value {
                texts.push(text.to_string());
            }
        }
    }
    texts
}
