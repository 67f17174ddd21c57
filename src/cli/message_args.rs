//! What a message says, as flags: payloads, the envelope's fields, headers, links. Shared by the verbs that send.

use super::exit::Failure;
use super::links::LinkArgs;
use super::literals::header;
use super::payloads::{PayloadArgs, bad_json};
use crate::engine::{ConnectOptions, Payloads, SendOptions};
use crate::wire::{DIALECTS, Dialect, Limits};
use clap::builder::PossibleValue;

/// Flags of a message.
#[derive(Debug, clap::Args)]
pub struct MessageArgs {
    #[command(flatten)]
    payloads: PayloadArgs,
    /// Spelling of the envelope [default: universal; of an answer: that of the request]
    #[arg(long, value_name = "NAME", value_parser = Dialects)]
    pub dialect: Option<Dialect>,
    /// What the message is for: chat, ACK, NACK, updateStatus, shutdown or any other word
    #[arg(long, value_name = "PURPOSE", default_value = "chat")]
    purpose: String,
    /// Sender's name
    #[arg(long, value_name = "NAME", default_value = "NATSBridge")]
    pub sender_name: String,
    /// Receiver's name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    receiver_name: String,
    /// Receiver's id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    receiver_id: String,
    /// Subject for answers
    #[arg(long, value_name = "SUBJECT", default_value = "", hide_default_value = true)]
    reply_to: String,
    /// Id of the message this one answers
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    reply_to_msg_id: String,
    /// Correlation id; without one each message gets a new one
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Metadata of the message, a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = metadata)]
    metadata: String,
    /// NATS header, any number
    #[arg(short = 'H', long = "header", value_name = "K:V", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Links.
    #[command(flatten)]
    pub links: LinkArgs,
}

/// The registry of dialects as the values of `--dialect`.
#[derive(Clone)]
struct Dialects;

impl clap::builder::TypedValueParser for Dialects {
    type Value = Dialect;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Dialect, clap::Error> {
        let names = clap::builder::PossibleValuesParser::new(DIALECTS.iter().map(|row| row.name));
        let name = names.parse_ref(command, arg, value)?;
        Ok(Dialect::from_name(&name).unwrap_or_default())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = DIALECTS
            .iter()
            .map(|row| PossibleValue::new(row.name).help(row.about));
        Some(Box::new(values))
    }
}

fn metadata(text: &str) -> Result<String, String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_)) => Ok(text.to_owned()),
        Ok(_) => Err(r#"metadata is a JSON object, such as {"priority":1}"#.into()),
        Err(error) => {
            let why = bad_json(text.as_bytes(), &error);
            Err(format!(
                r#"{why}; metadata is a JSON object, such as {{"priority":1}}"#
            ))
        }
    }
}

impl MessageArgs {
    /// Reads and checks the payloads.
    pub fn load(&self, limits: &Limits) -> Result<Payloads, Failure> {
        self.links.warn();
        self.payloads.load(limits, self.links.threshold)
    }

    /// Whether there is a payload among the flags.
    pub fn has_payloads(&self) -> bool {
        !self.payloads.is_empty()
    }

    /// The fields; links are laid over them by [`LinkArgs::over`].
    pub fn options(&self, connect: &ConnectOptions) -> SendOptions {
        SendOptions {
            nats_url: connect.servers.first().cloned().unwrap_or_default(),
            correlation_id: self.correlation_id.clone(),
            msg_purpose: self.purpose.clone(),
            sender_name: self.sender_name.clone(),
            receiver_name: self.receiver_name.clone(),
            receiver_id: self.receiver_id.clone(),
            reply_to: self.reply_to.clone(),
            reply_to_msg_id: self.reply_to_msg_id.clone(),
            metadata: self.metadata.clone(),
            dialect: self.dialect.unwrap_or_default(),
            headers: self.headers.clone(),
            ..SendOptions::default()
        }
    }
}
