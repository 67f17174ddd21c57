//! The only list of tools that a send can be copied for.

use super::material::Material;
use super::{command, javascript, julia, nats, python, rust};
use crate::bridge::{RequestOptions, SendOptions};
use crate::composition::error::ComposeError;
use crate::composition::load::Loaded;

/// A tool that a send can be copied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyFormat {
    /// `natsbridge send`.
    Natsbridge,
    /// `nats pub`.
    Nats,
    /// Python with nats-py.
    Python,
    /// JavaScript with the nats package.
    JavaScript,
    /// Julia with NATS.jl.
    Julia,
    /// Rust with this library.
    Rust,
}

impl CopyFormat {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::Natsbridge,
        Self::Nats,
        Self::Python,
        Self::JavaScript,
        Self::Julia,
        Self::Rust,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Natsbridge => "natsbridge command",
            Self::Nats => "nats command",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Julia => "Julia",
            Self::Rust => "Rust",
        }
    }

    /// What it needs and does, in one sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Natsbridge => {
                "The same payloads and options for `natsbridge send` or `request`, with new ids."
            }
            Self::Nats => "The finished envelope for `nats pub` or `nats request`.",
            Self::Python => "A Python program that publishes the finished envelope with nats-py.",
            Self::JavaScript => "A Node program that publishes the finished envelope with the nats package.",
            Self::Julia => "A Julia program that publishes the finished envelope with NATS.jl.",
            Self::Rust => {
                "A Rust program that sends the same payloads with this library, with new ids \
                           each time."
            }
        }
    }
}

/// The send of a loaded composition to `server` as text for another tool; with `wait` it is a request, which the two
/// commands wait for as said and the programs say that they do not. Variables are filled already; credentials in the
/// address are left out, and said to be. Where the tool gets the finished envelope, its ids and time are those of now.
///
/// # Errors
///
/// Where the tool cannot send it: a payload that has to be uploaded first, more bytes than can be pasted, a name that its
/// command line cannot express.
pub fn copy_as(
    tool: CopyFormat,
    loaded: &Loaded,
    server: &str,
    base: &SendOptions,
    wait: Option<&RequestOptions>,
) -> Result<String, ComposeError> {
    let material = Material::new(loaded, server, base, wait)?;
    match tool {
        CopyFormat::Natsbridge => command::copy(&material),
        CopyFormat::Nats => nats::copy(&material),
        CopyFormat::Python => python::copy(&material),
        CopyFormat::JavaScript => javascript::copy(&material),
        CopyFormat::Julia => julia::copy(&material),
        CopyFormat::Rust => rust::copy(&material),
    }
}
