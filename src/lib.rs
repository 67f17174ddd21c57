//! NATSBridge: the wire, the engine and the workbench as a library.
//!
//! Layers, bottom to top: [`wire`] (pure bytes ↔ meaning), [`engine`] (all I/O and all books), [`host`]
//! (what we serve ourselves), [`app`] (the workbench as data), [`ui`] (the screen), [`cli`] (the verbs).

pub mod app;
pub mod cli;
pub mod engine;
pub mod host;
pub mod ui;
pub mod wire;

/// Compiles the README's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
