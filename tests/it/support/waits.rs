//! The wait of asynchronous tests for what nobody tells them: it names what it waits for and gives up in time.

use crate::support::binary::PATIENCE;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often it looks.
const LOOK: Duration = Duration::from_millis(1);

/// Waits until the condition holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            sleep(LOOK).await;
        }
    };
    timeout(PATIENCE, waiting)
        .await
        .unwrap_or_else(|_| panic!("{what} never came"));
}
