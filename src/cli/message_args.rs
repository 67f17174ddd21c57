//! Flags that describe a message: a draft, payloads, envelope fields, headers, links. Shared by the verbs that send.

use crate::cli::exit::Failure;
use crate::cli::links::LinkArgs;
use crate::cli::literals::{header, one_of};
use crate::cli::output::note;
use crate::cli::payloads::PayloadArgs;
use clap::builder::TypedValueParser;
use natsbridge_engine::{
    ComposeError, Composition, ConnectOptions, LoadCache, Loaded, SendOptions, check_metadata, filled,
    literal, load_with, read_draft,
};
use natsbridge_wire::{DIALECTS, Dialect, Limits};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Flags of a message.
#[derive(Debug, clap::Args)]
pub struct MessageArgs {
    /// Loads a draft (TOML or JSON); flags override its fields, and their payloads and headers are added to it
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
    #[command(flatten)]
    payloads: PayloadArgs,
    /// Spelling of the envelope [default: universal; for an answer, that of the request]
    #[arg(long, value_name = "NAME", value_parser = dialects())]
    pub dialect: Option<Dialect>,
    /// Purpose of the message: chat, ACK, NACK, updateStatus, shutdown or any other word [default: chat]
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Sender's name [default: NATSBridge]
    #[arg(long, value_name = "NAME")]
    sender_name: Option<String>,
    /// Receiver's name
    #[arg(long, value_name = "NAME")]
    receiver_name: Option<String>,
    /// Receiver's id
    #[arg(long, value_name = "ID")]
    receiver_id: Option<String>,
    /// Subject for replies
    #[arg(long, value_name = "SUBJECT")]
    reply_to: Option<String>,
    /// Id of the message this one replies to
    #[arg(long, value_name = "ID")]
    reply_to_msg_id: Option<String>,
    /// Correlation id; by default each message gets a new one
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Metadata of the message, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = metadata)]
    metadata: Option<String>,
    /// NATS header; may be repeated
    #[arg(short = 'H', long = "header", value_name = "K:V", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Links.
    #[command(flatten)]
    pub links: LinkArgs,
}

/// The registry of dialects as the values of `--dialect`.
pub fn dialects() -> impl TypedValueParser<Value = Dialect> {
    one_of(
        DIALECTS
            .iter()
            .map(|row| (row.name, row.about, row.dialect))
            .collect(),
    )
}

fn metadata(text: &str) -> Result<String, String> {
    check_metadata(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

impl MessageArgs {
    /// The flags applied to the draft, if one is given; `to` takes precedence over the draft's subject.
    pub fn message(&self, to: Option<&str>, limits: &Limits) -> Result<Message, Failure> {
        self.links.warn();
        let mut composition = match &self.draft {
            Some(path) => read_draft(path).map_err(|error| Failure::usage(format!("{error}.")))?,
            None => Composition::default(),
        };
        let drafted = composition.payloads.len();
        if self.draft.is_none() && self.payloads.is_empty() {
            return Err(PayloadArgs::none_given());
        }
        composition.payloads.extend(self.payloads.rows()?);
        self.lay_over(&mut composition, literal);
        if let Some(to) = to {
            composition.subject = literal(to);
        }
        Ok(Message {
            composition,
            drafted,
            flags: self.payloads.clone(),
            limits: Limits {
                link_threshold: self.links.threshold(),
                ..limits.clone()
            },
            cache: Arc::default(),
        })
    }

    /// Lays the fields that flags give over those of a composition, each text as `kept` has it.
    fn lay_over(&self, composition: &mut Composition, kept: fn(&str) -> String) {
        // Flags are literal; variables are for drafts.
        for (field, given) in [
            (&mut composition.purpose, &self.purpose),
            (&mut composition.sender_name, &self.sender_name),
            (&mut composition.receiver_name, &self.receiver_name),
            (&mut composition.receiver_id, &self.receiver_id),
            (&mut composition.reply_to, &self.reply_to),
            (&mut composition.reply_to_msg_id, &self.reply_to_msg_id),
            (&mut composition.correlation_id, &self.correlation_id),
            (&mut composition.metadata, &self.metadata),
        ] {
            if let Some(given) = given {
                *field = kept(given);
            }
        }
        composition.dialect = self.dialect.unwrap_or(composition.dialect);
        composition.transport = self.links.transport.unwrap_or(composition.transport);
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), kept(value)));
        composition.headers.extend(headers);
    }

    /// Whether a draft or a payload is among the flags.
    pub fn is_given(&self) -> bool {
        self.draft.is_some() || !self.payloads.is_empty()
    }

    /// The sender's name for what no composition says.
    pub fn sender_name(&self) -> &str {
        self.sender_name.as_deref().unwrap_or("NATSBridge")
    }

    /// What is said where there is no composition: the fields of the flags. Links are laid over it by [`LinkArgs::over`].
    pub fn base(&self, connect: &ConnectOptions) -> SendOptions {
        let mut fields = Composition::default();
        self.lay_over(&mut fields, str::to_owned);
        fields.options(&SendOptions {
            nats_url: connect.servers.first().cloned().unwrap_or_default(),
            ..SendOptions::default()
        })
    }
}

/// A message as the flags and the draft have it, not filled yet; clones share what was read.
#[derive(Debug, Clone)]
pub struct Message {
    /// It.
    pub composition: Composition,
    /// Payloads of the draft; those of the flags come after them.
    drafted: usize,
    flags: PayloadArgs,
    limits: Limits,
    cache: Arc<Mutex<LoadCache>>,
}

impl Message {
    /// Fills the variables for the message of that number and loads the payloads. Blocks.
    pub fn load(&self, number: u64) -> Result<Loaded, Failure> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = filled(number, |fill| {
            load_with(&self.composition, fill, &mut cache, &self.limits)
        });
        let loaded = loaded.map_err(|error| self.refused(&error))?;
        // The same is true of the messages after it.
        if number == 1 {
            let payloads = loaded.payloads.iter().zip(&loaded.notes);
            let notes = payloads.flat_map(|(payload, notes)| notes.iter().map(move |note| (payload, note)));
            notes.for_each(|(payload, text)| note(&format!("{}: {text}.", payload.dataname)));
        }
        Ok(loaded)
    }

    /// As [`load`](Self::load), off this task.
    pub async fn loaded(&self, number: u64) -> Result<Loaded, Failure> {
        let message = self.clone();
        let loading = tokio::task::spawn_blocking(move || message.load(number));
        loading.await.unwrap_or_else(|_| {
            Err(Failure::usage(
                "The payloads could not be read; nothing was sent.",
            ))
        })
    }

    fn refused(&self, error: &ComposeError) -> Failure {
        let of_flags = |index: usize| index.checked_sub(self.drafted);
        let (index, why) = match error {
            ComposeError::Payload {
                index, why, origin, ..
            } => (of_flags(*index), format!("{why}{origin}")),
            ComposeError::File {
                index, path, error, ..
            } => (of_flags(*index), format!("cannot read {path}: {error}")),
            _ => (None, String::new()),
        };
        match index {
            Some(index) => self.flags.refused(index, &why),
            None => Failure::usage(format!("{}.", error.to_string().trim_end_matches('.'))),
        }
    }
}
