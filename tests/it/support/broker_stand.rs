//! What the tests of the broker stand on: a broker, real clients, and a socket without a client.

use std::time::Duration;

use async_nats::{Client, Subscriber};
use futures_util::StreamExt;
use natsbridge_host::{Broker, BrokerOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for anything that must come.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A broker on a free port.
pub async fn broker() -> Broker {
    let options = BrokerOptions {
        listen: "127.0.0.1:0".into(),
        ..Default::default()
    };
    Broker::start(options).await.unwrap()
}

/// A real client of it.
pub async fn client(broker: &Broker) -> Client {
    async_nats::connect(broker.url()).await.unwrap()
}

/// The subscription is known to the broker when this returns: requests are answered in order.
pub async fn subscribe(client: &Client, subject: &str) -> Subscriber {
    let subscriber = client.subscribe(subject.to_owned()).await.unwrap();
    settle(client).await;
    subscriber
}

/// Waits until the broker has acted on everything this client sent, by a message to itself.
pub async fn settle(client: &Client) {
    let inbox = client.new_inbox();
    let mut subscriber = client.subscribe(inbox.clone()).await.unwrap();
    client.publish(inbox, "".into()).await.unwrap();
    next(&mut subscriber).await;
}

/// The next message, in time.
pub async fn next(subscriber: &mut Subscriber) -> async_nats::Message {
    timeout(PATIENCE, subscriber.next())
        .await
        .expect("a message in time")
        .expect("an open subscription")
}

/// The text of the next message.
pub async fn next_text(subscriber: &mut Subscriber) -> String {
    String::from_utf8(next(subscriber).await.payload.to_vec()).unwrap()
}

/// A socket without a client.
pub struct Raw {
    pub stream: TcpStream,
    heard: Vec<u8>,
}

impl Raw {
    /// Connects and waits for INFO.
    pub async fn connect(broker: &Broker) -> Self {
        let stream = TcpStream::connect(broker.url().replace("nats://", ""))
            .await
            .unwrap();
        let mut raw = Self {
            stream,
            heard: Vec::new(),
        };
        raw.hear("\r\n").await;
        raw
    }

    /// Sends bytes as they are.
    pub async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads until that text came, and forgets everything up to its end.
    pub async fn hear(&mut self, text: &str) {
        let reading = async {
            loop {
                let heard = String::from_utf8_lossy(&self.heard);
                if let Some(at) = heard.find(text) {
                    self.heard = heard[at + text.len()..].as_bytes().to_vec();
                    return;
                }
                let count = self.stream.read_buf(&mut self.heard).await.unwrap_or(0);
                assert!(
                    count > 0,
                    "closed before {text:?}: {:?}",
                    String::from_utf8_lossy(&self.heard)
                );
            }
        };
        timeout(PATIENCE, reading)
            .await
            .unwrap_or_else(|_| panic!("{text:?} did not come"));
    }

    /// Reads until the broker hangs up.
    pub async fn hear_end(&mut self) {
        let reading = async { while self.stream.read_buf(&mut self.heard).await.unwrap_or(0) > 0 {} };
        timeout(PATIENCE, reading)
            .await
            .expect("the end of the connection");
    }
}
