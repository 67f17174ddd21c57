//! The bridge: `smartsend`, `smartreceive`, requests.

mod bridge;
mod error;
mod link_fetcher;
mod options;
mod pack;
mod receive;
mod request;

pub(crate) use bridge::{headers, reserve};
pub(crate) use pack::{Draft, Stamp, by_link, draft};

pub use bridge::{Bridge, smartsend};
pub use error::BridgeError;
pub use options::{LinkFetcher, Payloads, ReceiveOptions, Received, SendOptions, Sent, TransportChoice};
pub use receive::smartreceive;
pub use request::{Request, RequestOptions};
