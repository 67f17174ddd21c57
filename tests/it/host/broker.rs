//! The embedded broker against real clients.

use async_nats::{HeaderMap, RequestErrorKind};
use futures_util::{FutureExt, StreamExt, future};
use natsbridge_host::{Broker, BrokerOptions, ListenError};
use natsbridge_wire::Limits;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::support::broker_stand::{PATIENCE, Raw, broker, client, next, next_text, settle, subscribe};
use crate::support::real::{node, peer, python};

#[tokio::test]
async fn messages_reach_who_subscribed() {
    let broker = broker().await;
    let (one, two) = (client(&broker).await, client(&broker).await);
    assert_eq!(one.server_info().max_payload, 1 << 20);
    let mut exact = subscribe(&one, "a.b").await;
    let mut star = subscribe(&one, "a.*").await;
    let mut all = subscribe(&one, ">").await;
    let mut slash = subscribe(&one, "/chat/*").await;
    for subject in ["a.b", "a.c", "a.b.c", "/chat/room1", "/chat/*"] {
        two.publish(subject, subject.into()).await.unwrap();
    }
    two.publish("end", "end".into()).await.unwrap();
    assert_eq!(next_text(&mut exact).await, "a.b");
    assert_eq!(
        [next_text(&mut star).await, next_text(&mut star).await],
        ["a.b", "a.c"]
    );
    assert_eq!(next_text(&mut slash).await, "/chat/*");
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| last != "end") {
        seen.push(next_text(&mut all).await);
    }
    seen.retain(|text| !text.is_empty());
    assert_eq!(seen, ["a.b", "a.c", "a.b.c", "/chat/room1", "/chat/*", "end"]);
    assert_eq!(broker.clients(), 2);
}

#[tokio::test]
async fn a_queue_group_shares_the_work() {
    let broker = broker().await;
    let (workers, sender) = (client(&broker).await, client(&broker).await);
    let mut group = Vec::new();
    for _ in 0..3 {
        group.push(workers.queue_subscribe("work", "q".into()).await.unwrap());
    }
    let mut watcher = subscribe(&workers, "work").await;
    for number in 0..300 {
        sender.publish("work", number.to_string().into()).await.unwrap();
    }
    for number in 0..300 {
        assert_eq!(next_text(&mut watcher).await, number.to_string());
    }
    settle(&workers).await;
    let mut shares = Vec::new();
    for member in &mut group {
        let mut share = 0;
        while let Some(Some(_)) = tokio::task::unconstrained(member.next()).now_or_never() {
            share += 1;
        }
        shares.push(share);
    }
    assert_eq!(shares.iter().sum::<i32>(), 300, "{shares:?}");
    assert!(shares.iter().all(|&share| share > 40), "{shares:?}");
}

#[tokio::test]
async fn requests_are_answered_or_refused_at_once() {
    let broker = broker().await;
    let (service, asker) = (client(&broker).await, client(&broker).await);
    let mut requests = subscribe(&service, "service").await;
    let answering = tokio::spawn(async move {
        let request = requests.next().await.unwrap();
        service
            .publish(request.reply.unwrap(), "answer".into())
            .await
            .unwrap();
        service.flush().await.unwrap();
    });
    assert_eq!(
        asker.request("service", "?".into()).await.unwrap().payload,
        "answer"
    );
    answering.await.unwrap();
    let refused = asker.request("no.such.service", "?".into()).await.unwrap_err();
    assert_eq!(refused.kind(), RequestErrorKind::NoResponders);
}

#[tokio::test]
async fn headers_travel_and_are_left_out_for_those_who_cannot_read_them() {
    let broker = broker().await;
    let client = client(&broker).await;
    let mut subscriber = subscribe(&client, "h").await;
    let mut bare = Raw::connect(&broker).await;
    bare.say(b"CONNECT {\"verbose\":false}\r\nSUB h 1\r\nPING\r\n")
        .await;
    bare.hear("PONG\r\n").await;
    let mut headers = HeaderMap::new();
    headers.insert("Key", "value");
    client
        .publish_with_reply_and_headers("h", "back", headers, "body".into())
        .await
        .unwrap();
    let message = next(&mut subscriber).await;
    assert_eq!(message.headers.unwrap().get("Key").unwrap().as_str(), "value");
    assert_eq!(
        (message.payload.as_ref(), message.reply.unwrap().as_str()),
        (&b"body"[..], "back")
    );
    bare.hear("MSG h 1 back 4\r\nbody\r\n").await;
}

#[tokio::test]
async fn a_subscription_ends_when_it_was_asked_to() {
    let broker = broker().await;
    let client = client(&broker).await;
    let mut limited = subscribe(&client, "count").await;
    limited.unsubscribe_after(3).await.unwrap();
    let mut all = subscribe(&client, "count").await;
    for number in 0..5 {
        client.publish("count", number.to_string().into()).await.unwrap();
    }
    for number in 0..3 {
        assert_eq!(next_text(&mut limited).await, number.to_string());
    }
    assert!(timeout(PATIENCE, limited.next()).await.unwrap().is_none());
    for number in 0..5 {
        assert_eq!(next_text(&mut all).await, number.to_string());
    }
    all.unsubscribe().await.unwrap();
    let nobody = client.request("count", "".into()).await.unwrap_err();
    assert_eq!(nobody.kind(), RequestErrorKind::NoResponders);
}

#[tokio::test]
async fn the_largest_message_passes_and_a_larger_one_does_not() {
    let options = BrokerOptions {
        listen: "127.0.0.1:0".into(),
        limits: Limits {
            broker_max_payload: 100_000,
            ..Limits::default()
        },
        ..BrokerOptions::default()
    };
    let broker = Broker::start(options).await.unwrap();
    let client = client(&broker).await;
    let mut subscriber = subscribe(&client, "large").await;
    client.publish("large", vec![7; 100_000].into()).await.unwrap();
    assert_eq!(next(&mut subscriber).await.payload, vec![7; 100_000]);
    let refused = client
        .publish("large", vec![7; 100_001].into())
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), async_nats::PublishErrorKind::MaxPayloadExceeded);
    let mut raw = Raw::connect(&broker).await;
    raw.say(b"PUB large 100001\r\n").await;
    raw.hear("-ERR 'Maximum Payload Violation'\r\n").await;
    raw.hear_end().await;
}

#[tokio::test]
async fn draining_delivers_what_was_sent() {
    let broker = broker().await;
    let (receiver, sender) = (client(&broker).await, client(&broker).await);
    let mut subscriber = subscribe(&receiver, "drain").await;
    for _ in 0..5_000 {
        sender.publish("drain", "x".into()).await.unwrap();
    }
    sender.drain().await.unwrap();
    for _ in 0..5_000 {
        next(&mut subscriber).await;
    }
    subscriber.drain().await.unwrap();
    assert!(timeout(PATIENCE, subscriber.next()).await.unwrap().is_none());
}

#[tokio::test]
async fn three_hundred_clients_hear_the_same() {
    let broker = broker().await;
    let sender = client(&broker).await;
    let clients = future::join_all((0..300).map(|_| client(&broker))).await;
    let mut subscribers = future::join_all(clients.iter().map(|client| subscribe(client, "news.*"))).await;
    assert_eq!(broker.clients(), 301);
    for number in 0..20 {
        sender
            .publish(format!("news.{number}"), vec![b'x'; 2_000].into())
            .await
            .unwrap();
    }
    for subscriber in &mut subscribers {
        for number in 0..20 {
            assert_eq!(next(subscriber).await.subject.as_str(), format!("news.{number}"));
        }
    }
    drop((subscribers, clients));
    while broker.clients() > 1 {
        settle(&sender).await;
    }
}

#[tokio::test]
async fn who_does_not_read_is_let_go_and_others_go_on() {
    let broker = broker().await;
    let (receiver, sender) = (client(&broker).await, client(&broker).await);
    let mut sleeper = Raw::connect(&broker).await;
    sleeper
        .say(b"CONNECT {\"verbose\":false}\r\nSUB big 1\r\nPING\r\n")
        .await;
    sleeper.hear("PONG\r\n").await;
    let mut subscriber = subscribe(&receiver, "big").await;
    let block = bytes::Bytes::from(vec![1; 1 << 20]);
    let reading = tokio::spawn(async move {
        for _ in 0..90 {
            next(&mut subscriber).await;
        }
    });
    for _ in 0..90 {
        sender.publish("big", block.clone()).await.unwrap();
        sender.flush().await.unwrap();
    }
    timeout(PATIENCE, reading).await.unwrap().unwrap();
    let mut heard = Vec::new();
    let _ = timeout(PATIENCE, sleeper.stream.read_to_end(&mut heard))
        .await
        .unwrap();
    assert!(heard.len() < 90 << 20);
    settle(&sender).await;
}

#[tokio::test]
async fn a_stopped_broker_frees_its_address_and_a_taken_one_is_named() {
    let broker = broker().await;
    let listen = broker.url().replace("nats://", "");
    let mut raw = Raw::connect(&broker).await;
    let options = BrokerOptions {
        listen: listen.clone(),
        ..Default::default()
    };
    let error = Broker::start(options.clone()).await.unwrap_err();
    assert!(matches!(error, ListenError::AddressInUse { .. }), "{error:?}");
    assert!(
        error.to_string().contains(&listen) && error.to_string().contains("another port"),
        "{error}"
    );
    broker.stop().await;
    raw.hear_end().await;
    let again = Broker::start(options).await.unwrap();
    assert_eq!(client(&again).await.server_info().server_name, "natsbridge");
    let wrong = BrokerOptions {
        listen: "nonsense".into(),
        ..Default::default()
    };
    assert!(matches!(
        Broker::start(wrong).await,
        Err(ListenError::Listen { .. })
    ));
}

#[tokio::test]
async fn a_dropped_broker_closes_its_sockets() {
    let broker = broker().await;
    let mut raw = Raw::connect(&broker).await;
    drop(broker);
    raw.hear_end().await;
}

#[tokio::test]
async fn the_python_client_is_content() {
    let Some(mut python) = python() else {
        return;
    };
    let broker = broker().await;
    runs(python.arg(peer("broker_client.py")).arg(broker.url())).await;
}

#[tokio::test]
async fn the_javascript_client_is_content() {
    let Some(mut node) = node() else {
        return;
    };
    let broker = broker().await;
    runs(node.arg(peer("broker_client.js")).arg(broker.url())).await;
}

async fn runs(command: &mut std::process::Command) {
    let mut command =
        tokio::process::Command::from(std::mem::replace(command, std::process::Command::new("")));
    let output = timeout(PATIENCE * 3, command.kill_on_drop(true).output())
        .await
        .unwrap()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(out.trim(), "ok", "{err}");
}
