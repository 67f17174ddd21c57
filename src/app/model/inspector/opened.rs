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
    pub decoded: Arc<DecodedMessage<'static>>,
    /// How much of it each peer can read.
    pub readers: Arc<[Answer]>,
    /// Payloads that take much memory and are decoded only once somebody looks at them.
    pub unseen: Vec<usize>,
    /// Whether what is decoded takes much memory.
    pub heavy: bool,
}

impl Opened {
    /// Lets go of decoded values that take much memory: something else is decoded.
    pub(crate) fn let_go(&mut self) {
        if std::mem::take(&mut self.heavy) {
            self.decoded = Arc::new(self.decoded.without_values());
        }
    }
}
