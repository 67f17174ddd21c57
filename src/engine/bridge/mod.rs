//! The bridge: `smartsend`, `smartreceive`, requests.

mod bridge;
mod error;
mod link_fetcher;
mod new_envelope;
mod options;
mod pack;
mod payloads;
mod receive;
mod request;

pub(crate) use bridge::{headers, reserve};
pub(crate) use new_envelope::Stamp;
pub(crate) use pack::{Draft, by_link, draft};

pub use bridge::{Bridge, smartsend};
pub use error::{BridgeError, PayloadError};
pub use options::{LinkFetcher, ReceiveOptions, SendOptions, Sent, TransportChoice};
pub use payloads::{Payload, Payloads};
pub use receive::{Received, ReceivedPayload, smartreceive};
pub use request::{Request, RequestOptions};
