//! The timeline beside a real Python peer that answers as peers should not, over a real broker: a session that only
//! listens tells each state.

use crate::support::binary::Peer;
use crate::support::real::{peer, python};
use crate::support::servers::nats_server;
use crate::support::session_stand::{connected, end, start_with, wait_store};
use crate::support::timeline_stand::letter;
use natsbridge_engine::{
    ConnectOptions, Connection, ConversationState as State, ConversationView, Outgoing, Session, Store,
};
use std::time::Duration;

/// The conversation that began on that subject, as it is now.
fn conversation(store: &Store, subject: &str) -> Option<ConversationView> {
    let now_us = jiff::Timestamp::now().as_microsecond();
    store.timeline(|timeline| {
        let mut ids = Vec::new();
        timeline.each(now_us, |brief| ids.push(brief.id));
        let views = ids
            .into_iter()
            .filter_map(|id| timeline.view(id, now_us, usize::MAX));
        views.into_iter().find(|view| {
            view.messages
                .first()
                .is_some_and(|first| &*first.subject == subject)
        })
    })
}

async fn becomes(session: &mut Session, way: &str, state: State) -> ConversationView {
    let subject = format!("ask.{way}");
    let is = |session: &Session| conversation(&session.store, &subject);
    wait_store(session, &format!("{way} to be {state:?}"), |session| {
        is(session).is_some_and(|view| view.state == state)
    })
    .await;
    is(session).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_habit_of_a_peer_has_its_state() {
    let (Some(server), Some(mut program)) = (nats_server(), python()) else {
        return;
    };
    let running = Peer::start(program.arg(peer("answers.py")).arg(server.url()));
    running.out.wait_for("ready");
    let mut session = start_with(&server.url(), &[">"], |limits| {
        limits.timeline_unanswered = Duration::from_millis(300);
    });
    connected(&mut session).await;
    let asker = Connection::open(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap();
    let ways = ["well", "never", "twice", "again", "unknown", "no", "late"];
    for way in ways {
        let fields = [
            ("correlation_id", way),
            ("msg_id", &format!("id-{way}")),
            ("sender_name", "asker"),
            ("reply_to", "answers.here"),
        ];
        let subject = format!("ask.{way}");
        let payload = letter(&fields, "?");
        let question = Outgoing {
            subject: &subject,
            payload: payload.as_bytes(),
            ..Outgoing::default()
        };
        asker.publish(question).await.unwrap();
    }
    let well = becomes(&mut session, "well", State::Answered).await;
    assert_eq!(
        well.lanes.iter().map(|lane| &**lane).collect::<Vec<_>>(),
        ["asker", "python"]
    );
    assert!(well.latency_us.is_some());
    becomes(&mut session, "never", State::Unanswered).await;
    assert_eq!(
        becomes(&mut session, "twice", State::AnsweredTwice)
            .await
            .messages[0]
            .replies,
        2
    );
    assert_eq!(
        becomes(&mut session, "again", State::Duplicate).await.messages[0].replies,
        1
    );
    assert_eq!(
        becomes(&mut session, "unknown", State::UnknownRequest)
            .await
            .messages[0]
            .replies,
        0
    );
    becomes(&mut session, "no", State::Nack).await;
    // Only now may it answer.
    becomes(&mut session, "late", State::Unanswered).await;
    let go = Outgoing {
        subject: "go",
        ..Outgoing::default()
    };
    asker.publish(go).await.unwrap();
    let late = becomes(&mut session, "late", State::Late).await;
    assert!(late.latency_us.is_some_and(|us| us > 300_000));
    end(session).await;
}
