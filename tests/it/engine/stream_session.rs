//! The session's part in streams: listing, loading into the store, following, going over to another broker.

use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server_with};
use crate::support::stream_stand::{
    brokers, config, fill, header, open, publish, raw, request, sequence, store,
};
use crate::support::waits::until;
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionCommand, Event, Outgoing, SendOptions, Session, SessionOptions, Start,
    StreamCommand, StreamError, StreamsView, list_streams, publish_acknowledged,
};
use std::time::Duration;
use tokio::time::timeout;

/// Reads events until one is what we wait for.
async fn wait_for<T>(session: &mut Session, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
    let picked = async {
        loop {
            let event = session.events.recv().await.expect("the session ended");
            if let Some(found) = pick(&event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, picked)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

async fn notice(session: &mut Session, part: &str) -> String {
    wait_for(session, part, |event| match event {
        Event::Notice(_, text) if text.contains(part) => Some(text.clone()),
        _ => None,
    })
    .await
}

async fn view(session: &mut Session, check: impl Fn(&StreamsView) -> bool) -> StreamsView {
    wait_for(session, "the streams", |event| match event {
        Event::Streams(view) if check(view) => Some(view.clone()),
        _ => None,
    })
    .await
}

fn start(server: &RealServer, change: impl FnOnce(&mut natsbridge_wire::Limits)) -> Session {
    let mut connect = ConnectOptions::from_urls(&server.url()).unwrap();
    change(&mut connect.limits);
    Session::start(SessionOptions {
        connect,
        subjects: vec!["live.>".into()],
        sending: SendOptions::default(),
        digest: true,
    })
}

async fn end(mut session: Session) {
    session.commands.send(Command::Quit).await.unwrap();
    wait_for(&mut session, "the end", |event| {
        (*event == Event::Ended).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lists_loads_and_follows_streams() {
    for server in brokers() {
        fill(&server, "S", true).await;
        let context = raw(&server).await;
        let mut session = start(&server, |limits| limits.history_messages = 30);
        let ask = async |session: &Session, command| session.commands.send(command).await.unwrap();
        ask(&session, Command::Streams(StreamCommand::List)).await;
        let listed = view(&mut session, |view| !view.streams.is_empty()).await;
        assert_eq!((listed.streams[0].messages, &listed.trouble), (38, &None));
        // A load is bounded and says where to go on.
        ask(
            &session,
            Command::Streams(StreamCommand::Load(request("S", Start::First, None))),
        )
        .await;
        let text = notice(&mut session, "loaded").await;
        assert_eq!(
            text,
            "S: 30 messages loaded, #1 to #92. This is the most that can be loaded at once; continue from #93."
        );
        assert_eq!(session.store.range(), 1..31);
        let first = session.store.message(1).unwrap();
        assert_eq!((&*first.subject, &first.payload[..]), ("s.1", &b"m1"[..]));
        assert_eq!(header(&first, "Nats-Stream"), "S");
        // A second one repeats nothing.
        let rest = request("S", Start::Sequence(85), None);
        ask(&session, Command::Streams(StreamCommand::Load(rest.clone()))).await;
        let text = notice(&mut session, "loaded").await;
        assert_eq!(
            text,
            "S: 8 messages loaded, #93 to #100; 7 messages already loaded."
        );
        ask(&session, Command::Streams(StreamCommand::Load(rest))).await;
        let text = notice(&mut session, "nothing new").await;
        assert_eq!(text, "S: nothing new; 15 messages already loaded.");
        let absent = request("S", Start::Sequence(5000), None);
        ask(&session, Command::Streams(StreamCommand::Load(absent))).await;
        notice(&mut session, "S: no such messages.").await;
        assert_eq!(session.store.range(), 1..39);
        // What is followed comes once, and only while it is.
        ask(
            &session,
            Command::Streams(StreamCommand::Follow(request("S", Start::Newest(5), None))),
        )
        .await;
        notice(&mut session, "Following S.").await;
        ask(
            &session,
            Command::Streams(StreamCommand::Follow(request("S", Start::First, None))),
        )
        .await;
        notice(&mut session, "already being followed").await;
        publish(&context, "s.new", 101).await;
        let store = session.store.clone();
        wait_for(&mut session, "the new message", |_| {
            (store.range().end == 40).then_some(())
        })
        .await;
        let new = session.store.message(39).unwrap();
        assert_eq!((&*new.subject, sequence(&new)), ("s.new", 101));
        ask(&session, Command::Streams(StreamCommand::List)).await;
        assert_eq!(
            view(&mut session, |view| view.streams[0].messages == 39)
                .await
                .followed,
            ["S"]
        );
        ask(&session, Command::Streams(StreamCommand::Stop("S".into()))).await;
        view(&mut session, |view| view.followed.is_empty()).await;
        // The session's own client took none of it.
        assert_eq!(session.store.counters().dropped, 0);
        ask(
            &session,
            Command::Streams(StreamCommand::Follow(request("T", Start::First, None))),
        )
        .await;
        let text = notice(&mut session, "Stopped following T").await;
        assert!(text.contains("the streams are S"), "{text}");
        ask(
            &session,
            Command::Streams(StreamCommand::Load(request("T", Start::First, None))),
        )
        .await;
        notice(&mut session, "there is no stream").await;
        end(session).await;
    }
}

/// The numbers in their stream of all messages in the store, in its order.
fn stored(session: &Session) -> Vec<u64> {
    let messages = session.store.range().filter_map(|seq| session.store.message(seq));
    messages.map(|message| sequence(&message)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_loaded_and_then_followed_has_no_gap_and_comes_once() {
    for server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("S", true)).await.unwrap();
        store(&context, "S", 1..=20_000, 20).await;
        let mut session = start(&server, |_| ());
        let ask = async |session: &Session, command| session.commands.send(command).await.unwrap();
        let load = Command::Streams(StreamCommand::Load(request("S", Start::First, None)));
        ask(&session, load).await;
        let text = notice(&mut session, " loaded").await;
        assert_eq!(text, "S: 20,000 messages loaded, #1 to #20000.");
        // Nobody sees these come.
        store(&context, "S", 20_001..=20_500, 20).await;
        let follow = Command::Streams(StreamCommand::Follow(request("S", Start::Newest(0), None)));
        ask(&session, follow).await;
        notice(&mut session, "Following S from #20001 on.").await;
        store(&context, "S", 20_501..=21_000, 20).await;
        until("the last message", async || session.store.range().end == 21_001).await;
        assert!(stored(&session).into_iter().eq(1..=21_000));
        end(session).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_is_stopped_can_be_done_again() {
    for server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("S", true)).await.unwrap();
        store(&context, "S", 1..=20_000, 1_000).await;
        let mut session = start(&server, |_| ());
        let ask = async |session: &Session, command| session.commands.send(command).await.unwrap();
        let load = || Command::Streams(StreamCommand::Load(request("S", Start::First, None)));
        ask(&session, load()).await;
        until("the first messages", async || session.store.range().end > 1).await;
        ask(&session, Command::Streams(StreamCommand::Stop("S".into()))).await;
        ask(&session, load()).await;
        notice(&mut session, "already loaded").await;
        let mut loaded = stored(&session);
        loaded.sort_unstable();
        assert!(loaded.into_iter().eq(1..=20_000));
        let gone = async || {
            let stream = context.get_stream("S").await.unwrap();
            stream.cached_info().state.consumer_count == 0
        };
        until("the end of the consumers", gone).await;
        end(session).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_over_to_another_brokers_streams() {
    let (Some(first), Some(second)) = (
        nats_server_with("jetstream {}"),
        old_nats_server_with("jetstream {}"),
    ) else {
        return;
    };
    for (server, name) in [(&first, "ONE"), (&second, "TWO")] {
        let context = raw(server).await;
        context.create_stream(config(name, true)).await.unwrap();
        publish(&context, &format!("{}.x", name.to_lowercase()), 1).await;
    }
    let mut session = start(&first, |_| ());
    let ask = async |session: &Session, command| session.commands.send(command).await.unwrap();
    ask(
        &session,
        Command::Streams(StreamCommand::Follow(request("ONE", Start::First, None))),
    )
    .await;
    notice(&mut session, "Following ONE.").await;
    let other = ConnectOptions::from_urls(&second.url()).unwrap();
    ask(
        &session,
        Command::Connection(ConnectionCommand::Switch(Box::new(other))),
    )
    .await;
    view(&mut session, |view| {
        view.followed.is_empty() && view.streams.is_empty()
    })
    .await;
    ask(&session, Command::Streams(StreamCommand::List)).await;
    let listed = view(&mut session, |view| !view.streams.is_empty()).await;
    assert_eq!(listed.streams[0].name, "TWO");
    end(session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_without_jetstream_is_told_on_the_screen() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server, |_| ());
    session
        .commands
        .send(Command::Streams(StreamCommand::List))
        .await
        .unwrap();
    let trouble = view(&mut session, |view| view.trouble.is_some()).await.trouble;
    assert!(trouble.unwrap().contains("JetStream is not available"));
    let connection = open(&server).await;
    let message = Outgoing {
        subject: "a",
        ..Outgoing::default()
    };
    let error = publish_acknowledged(&connection, message).await.unwrap_err();
    assert!(matches!(error, StreamError::Off { .. }), "{error}");
    end(session).await;
    drop(server);
    let start = std::time::Instant::now();
    let gone = timeout(Duration::from_secs(10), list_streams(&connection))
        .await
        .unwrap();
    gone.unwrap_err();
    assert!(start.elapsed() < PATIENCE);
}
