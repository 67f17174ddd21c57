//! The connection flags of every connecting verb, spelled as `nats` spells them. What they mean together with the
//! environment and contexts is in [`crate::cli::connection_sources`].

use crate::cli::literals::duration;
use crate::cli::output;
use natsbridge_engine::{ConnectOptions, Connection, Secret};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// How long JetStream may take before somebody is told what is waited for.
const QUIET: Duration = Duration::from_secs(2);

/// Connection flags. Each beats its variable, that the context, that the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Broker addresses, separated by commas; each in turn is connected to when a connection is lost. Others that a cluster
    /// announces are not, because they would get the credentials [env: NATS_URL] [default: nats://127.0.0.1:4222]
    #[arg(short, long, value_name = "URL")]
    pub(super) server: Option<String>,
    /// NATS context to use, by name or file; if no server is given, the selected context is used [env: NATS_CONTEXT]
    #[arg(long, value_name = "NAME")]
    pub(super) context: Option<String>,
    /// User name; without a password it is sent as a token [env: NATS_USER]
    #[arg(long, conflicts_with_all = ["token", "creds", "nkey"])]
    pub(super) user: Option<String>,
    /// Password; visible to other users here, use the environment to hide it [env: NATS_PASSWORD]
    #[arg(long, conflicts_with_all = ["token", "creds", "nkey"])]
    pub(super) password: Option<Secret>,
    /// Token; visible to other users here, use the environment to hide it [env: NATS_TOKEN]
    #[arg(long, conflicts_with_all = ["creds", "nkey"])]
    pub(super) token: Option<Secret>,
    /// Credentials file with user JWT and seed [env: NATS_CREDS]
    #[arg(long, value_name = "FILE", conflicts_with = "nkey")]
    pub(super) creds: Option<PathBuf>,
    /// File with a user nkey seed [env: NATS_NKEY]
    #[arg(long, value_name = "FILE")]
    pub(super) nkey: Option<Secret>,
    /// Client certificate, PEM [env: NATS_CERT]
    #[arg(long, value_name = "FILE")]
    pub(super) tlscert: Option<PathBuf>,
    /// Private key of the client certificate, PEM [env: NATS_KEY]
    #[arg(long, value_name = "FILE")]
    pub(super) tlskey: Option<PathBuf>,
    /// CA certificates to trust instead of the system's, PEM [env: NATS_CA]
    #[arg(long, value_name = "FILE")]
    pub(super) tlsca: Option<PathBuf>,
    /// TLS handshake before the broker's greeting
    #[arg(long)]
    pub(super) tlsfirst: bool,
    /// Prefix of inbox subjects, instead of _INBOX
    #[arg(long, value_name = "PREFIX")]
    pub(super) inbox_prefix: Option<String>,
    /// Name of this connection, as the broker lists it
    #[arg(long, value_name = "NAME")]
    pub(super) connection_name: Option<String>,
    /// Time to connect; each verb has its own flag for it or, as `listen`, another meaning of that flag.
    #[arg(skip)]
    pub connect_time: Option<Duration>,
}

/// The time to connect, of the verbs whose `--timeout` means that.
#[derive(Debug, Default, clap::Args)]
pub struct ConnectTime {
    /// Time to connect [env: NATS_TIMEOUT] [default: 5s]
    #[arg(long = "timeout", value_name = "DUR", value_parser = duration, help_heading = "Connection")]
    pub(super) time: Option<Duration>,
}

impl ConnectionArgs {
    /// These flags, completed by those given before the verb.
    pub fn or(self, earlier: Self) -> Self {
        Self {
            server: self.server.or(earlier.server),
            context: self.context.or(earlier.context),
            user: self.user.or(earlier.user),
            password: self.password.or(earlier.password),
            token: self.token.or(earlier.token),
            creds: self.creds.or(earlier.creds),
            nkey: self.nkey.or(earlier.nkey),
            tlscert: self.tlscert.or(earlier.tlscert),
            tlskey: self.tlskey.or(earlier.tlskey),
            tlsca: self.tlsca.or(earlier.tlsca),
            tlsfirst: self.tlsfirst || earlier.tlsfirst,
            inbox_prefix: self.inbox_prefix.or(earlier.inbox_prefix),
            connection_name: self.connection_name.or(earlier.connection_name),
            connect_time: self.connect_time.or(earlier.connect_time),
        }
    }
}

/// Waits for the first answer of JetStream, and says so if it does not come at once; also if nothing would be left to go over to.
pub async fn patient_with_cluster<T>(
    connect: &ConnectOptions,
    connection: &Connection,
    asking: impl Future<Output = T>,
) -> T {
    if connection.is_clustered() && connect.servers.len() == 1 {
        output::note(
            "This broker is one of a cluster: name the others in --server, too, for when it is lost.",
        );
    }
    let mut asking = pin!(asking);
    if let Ok(answer) = timeout(QUIET, &mut asking).await {
        return answer;
    }
    output::note(&format!(
        "Waiting for JetStream at {}: if it is a cluster that chooses a leader, for at most {} s.",
        connect.address(),
        connect.limits.leader_time.as_secs()
    ));
    asking.await
}
