//! A message opened in the inspector: as it came, and everything that a worker found out about it.

use natsbridge_engine::StoredMessage;
use natsbridge_wire::{Answer, DecodedMessage};
use std::sync::Arc;

/// A message opened in the inspector.
#[derive(Debug, Clone)]
pub struct Opened {
    /// As it came.
    pub stored: StoredMessage,
    /// Decoded.
    pub decoded: Arc<DecodedMessage>,
    /// How much of it each peer can read.
    pub readers: Arc<[Answer]>,
}
