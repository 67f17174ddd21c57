//! What the tests of the session stand on: start one, wait for what it tells, end it.

use crate::support::servers::PATIENCE;
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionState, Event, SendOptions, Session, SessionOptions, SubscriptionView,
};
use natsbridge_wire::Limits;
use std::time::Duration;

/// A session with the default limits.
pub fn start(url: &str, subjects: &[&str]) -> Session {
    start_with(url, subjects, |_| {})
}

/// A session with other limits.
pub fn start_with(url: &str, subjects: &[&str], change: impl FnOnce(&mut Limits)) -> Session {
    let mut connect = ConnectOptions::from_urls(url).unwrap();
    change(&mut connect.limits);
    start_as(connect, subjects)
}

/// A session that connects in this way.
pub fn start_as(connect: ConnectOptions, subjects: &[&str]) -> Session {
    Session::start(SessionOptions {
        connect,
        subjects: subjects.iter().map(ToString::to_string).collect(),
        sending: SendOptions::default(),
        digest: true,
    })
}

/// The cause of the next loss.
pub async fn lost(session: &mut Session) -> String {
    wait_for(session, "the loss", |event| match event {
        Event::Connection(ConnectionState::Lost { cause, .. }) => Some(cause.clone()),
        _ => None,
    })
    .await
}

/// The notice that the connection stands again.
pub async fn back(session: &mut Session) -> String {
    wait_for(session, "the connection to come back", |event| match event {
        Event::Notice(_, text) if text.starts_with("Reconnected") => Some(text.clone()),
        _ => None,
    })
    .await
}

/// Reads events until one is what we wait for.
pub async fn wait_for<T>(session: &mut Session, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
    let picked = async {
        loop {
            let event = session.events.recv().await.expect("the session ended");
            if let Some(found) = pick(&event) {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, picked)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Reads events until the store is as we wait for.
pub async fn wait_store(session: &mut Session, what: &str, check: impl Fn(&Session) -> bool) {
    let reached = async {
        while !check(session) {
            tokio::time::timeout(Duration::from_millis(50), session.events.recv())
                .await
                .ok();
        }
    };
    let reached = tokio::time::timeout(PATIENCE, reached).await.is_ok();
    assert!(
        reached,
        "waited in vain for {what}: {:?}",
        session.store.counters()
    );
}

/// Waits until it is connected and the broker has answered.
pub async fn connected(session: &mut Session) {
    wait_for(session, "the connection", |event| {
        matches!(
            event,
            Event::Connection(ConnectionState::Connected { rtt: Some(_), .. })
        )
        .then_some(())
    })
    .await;
}

/// The next list of subscriptions that is as we wait for.
pub async fn subscriptions(
    session: &mut Session,
    check: impl Fn(&[SubscriptionView]) -> bool,
) -> Vec<SubscriptionView> {
    wait_for(session, "the subscriptions", |event| match event {
        Event::Subscriptions(views) if check(views) => Some(views.clone()),
        _ => None,
    })
    .await
}

/// Ends it; it has to end.
pub async fn end(mut session: Session) {
    session.commands.send(Command::Quit).await.unwrap();
    wait_for(&mut session, "the end", |event| {
        (*event == Event::Ended).then_some(())
    })
    .await;
}
