//! `serve`: the file server alone.

use crate::cli::connection::{ConnectTime, ConnectionArgs, patient_with_cluster};
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{bucket, duration, size, web_address};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::stop::Stop;
use natsbridge_engine::{BridgeError, Connection, ConnectionError, ObjectBucket, ReadOnly, Secret};
use natsbridge_host::{FileHost, FileHostError, FileHostOptions, Storage};
use natsbridge_wire::Limits;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Directory to keep files in; they are served again after a restart [default: a temporary file, gone on exit]
    #[arg(long, value_name = "DIR", conflicts_with = "jetstream")]
    dir: Option<PathBuf>,
    /// JetStream object bucket to keep files in, created if missing; several servers may share it
    #[arg(long, value_name = "BUCKET", value_parser = bucket)]
    jetstream: Option<String>,
    /// Token that uploads must carry, as Authorization: Bearer or as the first part of the path; visible to other
    /// users here, use the environment to hide it [env: NATSBRIDGE_UPLOAD_TOKEN]
    #[arg(long, value_name = "TOKEN", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    upload_token: Option<String>,
    /// Everybody may upload, replace and delete files without a token
    #[arg(long, conflicts_with = "upload_token")]
    open: bool,
    /// How long files are kept
    #[arg(long, value_name = "DUR", value_parser = duration, default_value = "24h")]
    ttl: Duration,
    /// Largest file, such as 500MB or 2GiB [default: 1GiB]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    max_file: Option<u64>,
    /// Total size of all files; never more than 80 % of the free disk space [default: 8GiB]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    max_total: Option<u64>,
    /// Public base URL in answers, if clients reach the server at another address
    #[arg(long, value_name = "URL", value_parser = web_address)]
    public_url: Option<String>,
    #[command(flatten)]
    connect: ConnectTime,
    /// Connection, for --jetstream.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// The variable that hides the token from other users.
const TOKEN_VARIABLE: &str = "NATSBRIDGE_UPLOAD_TOKEN";

impl Args {
    /// Runs until a signal comes.
    pub async fn run(self, context: &Context) -> Outcome {
        if context.settings.read_only == ReadOnly::Always {
            return Err(BridgeError::from(ConnectionError::ReadOnly).into());
        }
        let mut stop = Stop::listen()?;
        let defaults = &context.settings.limits;
        let limits = Limits {
            fileserver_ttl: self.ttl,
            fileserver_file: self.max_file.unwrap_or(defaults.fileserver_file),
            fileserver_total: self.max_total.unwrap_or(defaults.fileserver_total),
            ..defaults.clone()
        };
        let (storage, where_kept) = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            storage = self.storage(context) => storage?,
        };
        let options = FileHostOptions {
            listen: self.listen.clone(),
            storage,
            token: self.token(),
            open: self.open,
            public_url: self.public_url.clone(),
            limits,
            ..FileHostOptions::default()
        };
        let files = FileHost::start(options).await.map_err(|error| {
            let exit = match &error {
                FileHostError::Listen(error) if error.is_no_address() => Exit::Usage,
                FileHostError::Directory { .. } => Exit::Usage,
                _ => Exit::FileServer,
            };
            Failure::new(exit, format!("The file server cannot start: {error}."))
        })?;
        Out::stdout().line(files.url())?;
        output::note(&where_kept);
        output::note(files.terms());
        let exit = stop.wait().await;
        files.stop().await;
        Ok(exit)
    }

    /// Where files are kept, and how that is described.
    async fn storage(&self, context: &Context) -> Result<(Storage, String), Failure> {
        let connects = self.connect.time.is_some() || self.connection != ConnectionArgs::default();
        if self.jetstream.is_none() && connects {
            return Err(Failure::usage(
                "Only --jetstream connects to a broker; without it serve takes no connection flags.\nFor \
                 example: natsbridge serve --jetstream files --server nats://127.0.0.1:4222",
            ));
        }
        match (&self.jetstream, &self.dir) {
            (Some(bucket), _) => {
                let connect = context.connect_options(&self.connection, self.connect.time)?;
                check_writable(&connect)?;
                let connection = Connection::open(&connect)
                    .await
                    .map_err(|error| Failure::no_connection(format!("{error}.")))?;
                let opening = ObjectBucket::open(&connection, bucket);
                let opened = patient_with_cluster(&connect, &connection, opening).await;
                let opened = opened.map_err(|error| Failure::no_connection(format!("{error}.")))?;
                let place = format!(
                    "Files are kept in the object bucket {bucket} at {}.",
                    connect.address()
                );
                Ok((Storage::Bucket(Box::new(opened)), place))
            }
            (None, Some(dir)) => Ok((
                Storage::Directory(dir.clone()),
                format!("Files are kept in {}.", dir.display()),
            )),
            (None, None) => Ok((
                Storage::Temporary,
                "Files are kept in a temporary file that is gone on exit; use --dir DIR to keep them.".into(),
            )),
        }
    }

    fn token(&self) -> Option<Secret> {
        let from_environment = || {
            std::env::var(TOKEN_VARIABLE)
                .ok()
                .filter(|token| !token.is_empty())
        };
        self.upload_token
            .clone()
            .or_else(from_environment)
            .map(Secret::from)
    }
}
