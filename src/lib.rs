//! NATSBridge: named, typed payloads over NATS, for programs and for people.
//!
//! [`smartsend`] sends payloads as one message, [`smartreceive`] turns a message's bytes back into them; both as the
//! NATSBridge document has them. A [`Bridge`] keeps its connection and asks requests, [`Responding`] answers them, a
//! [`Session`] receives for a long time and keeps what it received in a [`Store`].
//!
//! Features: `media` reads the headers of images, audio and video, `parquet` turns Parquet files into tables, and
//! `workbench` (on by default) is the program `natsbridge` itself. A program that only sends and receives leaves it out:
//!
//! ```toml
//! natsbridge = { version = "0.1", default-features = false }
//! ```

#[cfg(feature = "workbench")]
#[doc(hidden)]
pub mod cli;

pub use natsbridge_engine::{
    Bridge, BridgeError, Command, ConnectError, ConnectOptions, Connection, Event, Fetcher, FileServer,
    LinkError, Payload, Payloads, ReceiveOptions, Received, ReceivedPayload, Request, RequestOptions,
    RespondOptions, Responding, SendOptions, Sent, Session, SessionOptions, Store, TransportChoice,
    UploadResult, answer_fn, file_blob, file_server_fn, smartreceive, smartsend,
};
pub use natsbridge_wire::{
    Blob, ByteString, Dialect, Finding, JsonKind, JsonNode, JsonText, Kind, RecordBatch, Value,
};

/// Compiles the examples of the README and of the guide with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../assets/guide/library.md")]
struct Pages;
