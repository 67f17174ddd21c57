//! NATSBridge: payloads with names and kinds over NATS, for programs and for people.

#[cfg(feature = "workbench")]
pub mod cli;

/// Compiles the README's examples with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
