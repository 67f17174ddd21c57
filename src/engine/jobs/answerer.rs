//! Where a responder's answers come from: the request's own payloads, a composition, or another source.

use super::asked_request::Asked;
use super::job::Answer;
use super::loader::Contents;
use crate::bridge::{Payloads, ReceiveOptions, Received, SendOptions, smartreceive};
use crate::message::StoredMessage;
use futures_util::future::BoxFuture;
use natsbridge_wire::{Dialect, Limits};
use std::error::Error;
use std::sync::Arc;

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

/// Why a request gets no answer: any error, told as it reads.
pub type AnswerError = Box<dyn Error + Send + Sync>;

/// Gives answers.
pub trait Answerer: Send + Sync {
    /// The answer to a request, the `number`th that is answered; on an error it gets none.
    fn answer<'a>(
        &'a self,
        request: &'a StoredMessage,
        asked: &'a Asked,
        number: u64,
    ) -> BoxFuture<'a, Result<Given, AnswerError>>;
}

/// Makes an answerer of a function that gets the request, its links fetched, and gives the payloads of the answer. The
/// answer goes to the subjects that the request names, in its dialect; on an error the request gets none.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{
///     ConnectOptions, Connection, Payload, Received, RespondOptions, Responding, answer_fn,
/// };
///
/// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
/// let options = RespondOptions { subject: "chat.count".into(), ..RespondOptions::default() };
/// let count = answer_fn(async |request: Received| {
///     Ok(Payload::text("count", request.payloads.len().to_string()))
/// });
/// let mut responding = Responding::start(&connection, options, count).await?;
/// while let Some(answered) = responding.next().await {
///     println!("answered {}", answered.asked.msg_id);
/// }
/// # Ok(()) }
/// ```
pub fn answer_fn<F, A, P>(answer: F) -> Arc<dyn Answerer>
where
    F: Fn(Received) -> A + Send + Sync + 'static,
    A: Future<Output = Result<P, AnswerError>> + Send + 'static,
    P: Into<Payloads>,
{
    Arc::new(Function(answer))
}

struct Function<F>(F);

impl<F, A, P> Answerer for Function<F>
where
    F: Fn(Received) -> A + Send + Sync,
    A: Future<Output = Result<P, AnswerError>> + Send + 'static,
    P: Into<Payloads>,
{
    fn answer<'a>(
        &'a self,
        request: &'a StoredMessage,
        _asked: &'a Asked,
        _number: u64,
    ) -> BoxFuture<'a, Result<Given, AnswerError>> {
        Box::pin(async move {
            let request = smartreceive(&request.payload, &ReceiveOptions::default()).await?;
            Ok(Given::Payloads {
                data: (self.0)(request).await?.into(),
                options: Box::default(),
                dialect: None,
            })
        })
    }
}

/// Answers as a [`Answer`] says.
#[derive(Debug, Clone)]
pub struct FixedAnswerer {
    answer: Answer,
    sending: SendOptions,
    limits: Limits,
    contents: Contents,
}

impl FixedAnswerer {
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

impl Answerer for FixedAnswerer {
    fn answer<'a>(
        &'a self,
        _request: &'a StoredMessage,
        _asked: &'a Asked,
        number: u64,
    ) -> BoxFuture<'a, Result<Given, AnswerError>> {
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
