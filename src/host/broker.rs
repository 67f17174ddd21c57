//! stub

/// Options of the embedded broker.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /** Address to listen on, port 0 picks one. */
    pub listen: String,
    /** Largest message. */
    pub max_payload: usize,
}
/// Why the broker did not start.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BrokerError(pub String);
/// A running broker; stops when dropped.
#[derive(Debug)]
pub struct Broker {}
impl Broker {
    /// Starts it on the current runtime.
    pub async fn start(options: BrokerOptions) -> Result<Self, BrokerError> {
        let _ = options;
        Err(BrokerError(String::new()))
    }
    /// `nats://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        String::new()
    }
    /// Clients connected now.
    pub fn clients(&self) -> usize {
        0
    }
}
