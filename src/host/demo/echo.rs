//! The demo's echo: answers requests on its subject with the same payloads, so that a first message gets an answer.
//! It only uses the engine.

use std::error::Error;
use std::sync::Arc;

use natsbridge_engine::{
    Answer, ConnectOptions, Connection, FixedAnswerer, RespondOptions, Responding, SendOptions,
};
use natsbridge_wire::Limits;

/// Where it listens.
pub const SUBJECT: &str = "/demo/echo";

/// Connects and listens.
pub async fn listen(url: &str, fileserver_url: &str) -> Result<Responding, Box<dyn Error + Send + Sync>> {
    let options = ConnectOptions {
        name: "rs-echo".into(),
        ..ConnectOptions::from_urls(url)?
    };
    let connection = Connection::open(&options).await?;
    let sending = SendOptions {
        fileserver_url: fileserver_url.to_owned(),
        ..SendOptions::default()
    };
    let echo = FixedAnswerer::new(Answer::Echo, sending, Limits::in_force().clone());
    let options = RespondOptions {
        subject: SUBJECT.into(),
        sender_name: "rs-echo".into(),
        ..RespondOptions::default()
    };
    Ok(Responding::start(&connection, options, Arc::new(echo)).await?)
}

/// Answers for as long as the broker is there.
pub async fn answer(mut responding: Responding) {
    while responding.next().await.is_some() {}
}
