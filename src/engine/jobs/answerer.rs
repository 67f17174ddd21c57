//! Where a responder's answers come from: the request's own payloads, a composition, or another source.

use super::asked_request::Asked;
use super::job::Answer;
use super::loader::Contents;
use crate::bridge::{Payloads, SendOptions};
use crate::message::StoredMessage;
use futures_util::future::BoxFuture;
use natsbridge_wire::{Dialect, Limits};

/// What a request is answered with.
#[derive(Debug, Clone)]
pub enum Given {
    /// The request's own payloads, exactly as they came.
    Echo,
    /// An envelope of our own.
    Payloads {
        /// What it carries.
        data: Payloads,
        /// Its fields; empty ones of the conversation (correlation id, receiver, the message it answers) come from
        /// the request. A `reply_to` invites replies to the answer.
        options: Box<SendOptions>,
        /// Its spelling; without one that of the request, and of a request that is no envelope that of the options.
        dialect: Option<Dialect>,
    },
}

/// Gives answers.
pub trait Answerer: Send + Sync {
    /// The answer to a request, the `number`th that is answered; the error is a sentence, and then it gets none.
    fn answer<'a>(
        &'a self,
        request: &'a StoredMessage,
        asked: &'a Asked,
        number: u64,
    ) -> BoxFuture<'a, Result<Given, String>>;
}

/// Answers as a [`Answer`] says.
#[derive(Debug, Clone)]
pub struct Composed {
    answer: Answer,
    sending: SendOptions,
    limits: Limits,
    contents: Contents,
}

impl Composed {
    /// Answers with that; `sending` gives the file server, the threshold and whatever else a composition does not say.
    pub fn new(answer: Answer, sending: SendOptions, limits: Limits) -> Self {
        Self {
            answer,
            sending,
            limits,
            contents: Contents::default(),
        }
    }
}

impl Answerer for Composed {
    fn answer<'a>(
        &'a self,
        _request: &'a StoredMessage,
        _asked: &'a Asked,
        number: u64,
    ) -> BoxFuture<'a, Result<Given, String>> {
        Box::pin(async move {
            let Answer::Composition(composition) = &self.answer else {
                return Ok(Given::Echo);
            };
            let loaded = self.contents.load(composition, number, &self.limits).await?;
            // The conversation is the request's, and it ends here: otherwise two responders would go on forever.
            let options = SendOptions {
                correlation_id: None,
                receiver_name: String::new(),
                receiver_id: String::new(),
                reply_to: String::new(),
                reply_to_msg_id: String::new(),
                jetstream: false,
                ..loaded.composition.options(&self.sending)
            };
            Ok(Given::Payloads {
                data: loaded.payloads,
                options: Box::new(options),
                dialect: None,
            })
        })
    }
}
