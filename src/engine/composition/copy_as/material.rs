//! The input of all copy formats: the loaded composition, its destination, and the finished envelope for tools that
//! cannot build one. The only place here that packs a message.

use crate::bridge::{Bridge, BridgeError, RequestOptions, SendOptions, headers};
use crate::composition::error::ComposeError;
use crate::composition::load::Loaded;
use crate::connect::{Credentials, address};
use natsbridge_wire::{Limits, Transport};

/// What a copy is made of.
pub(super) struct Material<'l> {
    pub(super) loaded: &'l Loaded,
    pub(super) options: SendOptions,
    /// What is waited for, if it is a request.
    pub(super) wait: Option<&'l RequestOptions>,
    /// Broker addresses without credentials, at least one.
    pub(super) servers: Vec<String>,
    /// Whether credentials stood in the address and were left out.
    pub(super) left_out_credentials: bool,
}

/// A message as it goes out.
pub(super) struct Finished {
    /// The envelope's JSON.
    pub(super) envelope: String,
    pub(super) headers: Vec<(String, String)>,
}

impl<'l> Material<'l> {
    pub(super) fn new(
        loaded: &'l Loaded,
        server: &str,
        base: &SendOptions,
        wait: Option<&'l RequestOptions>,
    ) -> Result<Self, ComposeError> {
        let (servers, credentials) = address::parse(server).map_err(BridgeError::from)?;
        let options = SendOptions {
            nats_url: servers.join(","),
            ..loaded.composition.options(base)
        };
        Ok(Self {
            loaded,
            options,
            wait,
            servers,
            left_out_credentials: credentials != Credentials::None,
        })
    }

    pub(super) fn subject(&self) -> &'l str {
        &self.loaded.composition.subject
    }

    /// Notes the user must know before running the copy, as comments of a language.
    pub(super) fn notes(&self, comment: &str) -> String {
        if self.left_out_credentials {
            format!(
                "{comment} The credentials in the broker address are left out: add them where you run \
                 this.\n"
            )
        } else {
            String::new()
        }
    }

    /// As [`notes`](Self::notes), for a program that sends and does not wait.
    pub(super) fn program_notes(&self, comment: &str) -> String {
        let mut notes = self.notes(comment);
        if self.wait.is_some() {
            notes.push_str(comment);
            notes.push_str(" It is a request, but this program does not wait for replies.\n");
            notes.push_str(&self.nowhere(comment));
        }
        notes
    }

    /// A note for a request whose envelope has no reply subject, because only its sender knows its inbox.
    pub(super) fn nowhere(&self, comment: &str) -> String {
        if self.options.reply_to.is_empty() {
            format!(
                "{comment} The envelope names no reply subject: peers that only look there will not \
                 answer.\n"
            )
        } else {
            String::new()
        }
    }

    /// The finished message for a tool that can only publish text.
    pub(super) fn finished(&self, tool: &'static str) -> Result<Finished, ComposeError> {
        let cannot = |why: String| ComposeError::Copy { tool, why };
        let (envelope, bytes) = Bridge::compose(self.subject(), &self.loaded.payloads, &self.options)?;
        let mut links = envelope
            .payloads
            .iter()
            .filter(|payload| payload.transport == Transport::Link);
        if let Some(link) = links.next() {
            return Err(cannot(format!(
                "payload '{}' goes by link and would have to be uploaded first; copy it as a natsbridge command",
                link.dataname
            )));
        }
        if bytes.len() > Limits::in_force().copy_bytes {
            return Err(cannot(format!(
                "the message has {} bytes, and at most {} can be pasted as text; copy it as a natsbridge \
                 command",
                bytes.len(),
                Limits::in_force().copy_bytes
            )));
        }
        // What is written is JSON, and JSON is UTF-8.
        let envelope_text =
            String::from_utf8(bytes.into()).map_err(|_| cannot("the envelope is not valid text".into()))?;
        Ok(Finished {
            envelope: envelope_text,
            headers: headers(&self.options, &envelope.msg_id),
        })
    }
}
