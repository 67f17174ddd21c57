//! Where the answers of a responder come from: the request's own payloads, a composition, or whatever else a program has.

use super::asked::Asked;
use super::filling::filled;
use super::model::Answer;
use crate::engine::bridge::{Payloads, SendOptions};
use crate::engine::composition::load;
use crate::engine::row::StoredMessage;
use crate::wire::Limits;
use futures_util::future::BoxFuture;

/// What a request is answered with.
#[derive(Debug, Clone)]
pub enum Given {
    /// The request's own payloads, exactly as they came.
    Echo,
    /// These payloads; what concerns the conversation comes from the request, the rest from the options.
    Payloads(Payloads, Box<SendOptions>),
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
    /// With what.
    pub answer: Answer,
    /// File server, threshold and whatever the composition does not say.
    pub sending: SendOptions,
    /// Limits in force.
    pub limits: Limits,
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
            let (composition, limits) = (composition.clone(), self.limits.clone());
            let loading =
                tokio::task::spawn_blocking(move || filled(number, |fill| load(&composition, fill, &limits)));
            let loaded = loading
                .await
                .map_err(|_| "The answer could not be read.".to_owned())?
                .map_err(|error| error.to_string())?;
            let options = loaded.composition.options(&self.sending);
            Ok(Given::Payloads(loaded.payloads, Box::new(options)))
        })
    }
}
