//! `broker`: the embedded broker alone.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::stop::Stop;
use natsbridge_host::{Broker, BrokerOptions};
use tokio::sync::mpsc;

/// Arguments of `broker`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4222")]
    listen: String,
}

impl Args {
    /// Runs until a signal comes.
    pub async fn run(self) -> Outcome {
        let mut stop = Stop::listen()?;
        let (told, mut cut_offs) = mpsc::channel(64);
        let broker = Broker::start(BrokerOptions {
            listen: self.listen,
            cut_offs: Some(told),
            ..BrokerOptions::default()
        })
        .await
        .map_err(|error| {
            let exit = if error.is_no_address() {
                Exit::Usage
            } else {
                Exit::NoConnection
            };
            Failure::new(exit, format!("The broker cannot start: {error}."))
        })?;
        output::warning(
            "This broker is for development only: core NATS, no TLS, no accounts, no persistence. In \
             production use nats-server.",
        );
        Out::stdout().line(&broker.url())?;
        loop {
            tokio::select! {
                exit = stop.wait() => return Ok(exit),
                Some(cut_off) = cut_offs.recv() => output::warning(&format!("{cut_off}.")),
            }
        }
    }
}
