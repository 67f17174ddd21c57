//! stub

/// Options of the demo.
#[derive(Debug, Clone, Default)]
pub struct DemoOptions {
    /** Seed of all randomness, so that it can be replayed. */
    pub seed: u64,
}
/// Scripted peers at work; stop when dropped.
#[derive(Debug)]
pub struct Demo {}
impl Demo {
    /// Starts the peers against the broker at `nats_url` on the current runtime.
    pub async fn start(nats_url: &str, options: DemoOptions) -> Result<Self, super::broker::BrokerError> {
        let _ = (nats_url, options);
        Ok(Self {})
    }
}
