//! The servers of a connection, tried in their order.

use super::auth::answer;
use super::error::ConnectError;
use super::options::ConnectOptions;

/// Opens the first server that accepts us.
pub(super) async fn first_to_accept<'a, T, F: Future<Output = Result<T, ConnectError>>>(
    options: &'a ConnectOptions,
    open: impl Fn(&'a str) -> F,
) -> Result<T, ConnectError> {
    // Only the first call in a process has an effect; another provider is just as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    // Problems with our own files are reported before any server is contacted.
    answer(&options.credentials, b"")?;
    let mut failure = ConnectError::unreachable("no broker address given");
    for server in &options.servers {
        match open(server).await {
            Ok(opened) => return Ok(opened),
            // A refusal is more informative than an unreachable server.
            Err(failed) if failure.is_final() && !failed.is_final() => {}
            Err(failed) => failure = failed,
        }
    }
    Err(failure)
}
