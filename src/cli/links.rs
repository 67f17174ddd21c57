//! The flags for transport and file server: flag, then environment, then settings, then default.

use crate::cli::exit::Failure;
use crate::cli::literals::{one_of, threshold};
use crate::cli::output;
use clap::builder::TypedValueParser;
use natsbridge_app::LinkSettings;
use natsbridge_engine::{
    BridgeError, Connection, FILE_SERVERS, FileServer, FileServerOptions, FileServerSpec, Secret,
    SendOptions, TransportChoice,
};
use natsbridge_wire::Limits;
use std::sync::Arc;

/// Names the file server's address.
const URL: &str = "NATSBRIDGE_FILESERVER_URL";
/// Holds the token for uploads.
const TOKEN: &str = "NATSBRIDGE_FILESERVER_TOKEN";

/// Flags of links.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Links")]
pub struct LinkArgs {
    /// How payloads are sent [default: auto]
    #[arg(long, value_parser = transports())]
    pub transport: Option<TransportChoice>,
    /// Payloads of this size or larger are sent by link [default: 1000000]
    #[arg(long, value_name = "BYTES", value_parser = threshold)]
    threshold: Option<usize>,
    /// Address of the file server [env: NATSBRIDGE_FILESERVER_URL] [default: http://localhost:8080]
    #[arg(long, value_name = "URL")]
    fileserver_url: Option<String>,
    /// Kind of file server [default: plik]
    #[arg(long, value_name = "NAME", value_parser = file_servers())]
    fileserver: Option<&'static FileServerSpec>,
    /// Token for uploads; visible to other users here, use the environment to hide it [env:
    /// NATSBRIDGE_FILESERVER_TOKEN]
    #[arg(long, value_name = "TOKEN")]
    fileserver_token: Option<String>,
    /// Directory for the folder file server, bucket for the jetstream one
    #[arg(long, value_name = "DIR|BUCKET")]
    fileserver_place: Option<String>,
    /// Keep uploads after the first download, so that several receivers can fetch them (plik, jetstream)
    #[arg(long)]
    lasting: bool,
}

/// The values of `--transport`.
fn transports() -> impl TypedValueParser<Value = TransportChoice> {
    let about = |choice| match choice {
        TransportChoice::Auto => "By size; also by link if the message would exceed the broker's limit",
        TransportChoice::Direct => "All inside the message",
        TransportChoice::Link => "All by link",
    };
    let rows = TransportChoice::ALL.iter();
    one_of(
        rows.map(|choice| (choice.name(), about(*choice), *choice))
            .collect(),
    )
}

/// The registry of file servers as the values of `--fileserver`.
fn file_servers() -> impl TypedValueParser<Value = &'static FileServerSpec> {
    let rows = FILE_SERVERS.iter();
    one_of(
        rows.map(|row| (row.name, row.about.trim_end_matches('.'), row))
            .collect(),
    )
}

impl Default for LinkArgs {
    /// No flag given.
    fn default() -> Self {
        Self {
            transport: None,
            threshold: None,
            fileserver_url: None,
            fileserver: None,
            fileserver_token: None,
            fileserver_place: None,
            lasting: false,
        }
    }
}

impl LinkArgs {
    /// From how many bytes on payloads are sent by link.
    pub fn threshold(&self) -> usize {
        self.threshold.unwrap_or(Limits::in_force().link_threshold)
    }

    /// Warns of secrets that other users can see.
    pub fn warn(&self) {
        if self.fileserver_token.is_some() {
            output::warning(&format!(
                "Other users of this machine can see the value of --fileserver-token; the variable \
                 {TOKEN} keeps it private."
            ));
        }
    }

    /// Lays these flags over the options. The file server named `jetstream` needs a connection to be used, not to be
    /// named.
    pub fn over(
        &self,
        options: SendOptions,
        settings: &LinkSettings,
        limits: &Limits,
        connection: Option<Connection>,
    ) -> Result<SendOptions, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        Ok(SendOptions {
            size_threshold: self.threshold(),
            transport: self.transport.unwrap_or(options.transport),
            fileserver_url: self.url(settings, variable).unwrap_or(options.fileserver_url),
            fileserver: Some(self.server(settings, limits, connection, variable)?),
            ..options
        })
    }

    fn url(&self, settings: &LinkSettings, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
        let given = self.fileserver_url.clone();
        given
            .or_else(|| variable(URL).filter(|url| !url.is_empty()))
            .or_else(|| settings.fileserver_url.clone())
    }

    fn server(
        &self,
        settings: &LinkSettings,
        limits: &Limits,
        connection: Option<Connection>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Arc<dyn FileServer>, Failure> {
        let set = || FileServerSpec::of_name(settings.fileserver.as_deref()?);
        let named = self.fileserver.or_else(set);
        let server = (named.unwrap_or(&FILE_SERVERS[0]).make)(&FileServerOptions {
            one_shot: !self.lasting,
            token: (self.fileserver_token.clone())
                .or_else(|| variable(TOKEN).filter(|token| !token.is_empty()))
                .map(Secret::from),
            connection,
            place: (self.fileserver_place.clone()).or_else(|| settings.fileserver_place.clone()),
            limits: limits.clone(),
        })
        .map_err(BridgeError::from)?;
        Ok(server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, FromArgMatches};

    fn args(line: &[&str]) -> LinkArgs {
        let command = LinkArgs::augment_args(clap::Command::new("send").no_binary_name(true));
        LinkArgs::from_arg_matches(&command.try_get_matches_from(line).unwrap()).unwrap()
    }

    #[test]
    fn flag_environment_settings_default() {
        let settings = LinkSettings {
            fileserver_url: Some("http://settings".into()),
            ..LinkSettings::default()
        };
        let none = LinkSettings::default();
        let variable = |_: &str| Some("http://variable".to_owned());
        let empty = |_: &str| Some(String::new());
        let flag = args(&["--fileserver-url", "http://flag"]);
        assert_eq!(flag.url(&settings, variable).as_deref(), Some("http://flag"));
        assert_eq!(
            args(&[]).url(&settings, variable).as_deref(),
            Some("http://variable")
        );
        assert_eq!(
            args(&[]).url(&settings, empty).as_deref(),
            Some("http://settings")
        );
        assert_eq!(args(&[]).url(&none, |_| None), None);
    }

    #[test]
    fn the_settings_name_a_server_and_a_flag_another() {
        let settings = LinkSettings {
            fileserver: Some("folder".into()),
            ..LinkSettings::default()
        };
        let made = |line: &[&str]| {
            args(line)
                .server(&settings, &Limits::default(), None, |_| None)
                .map(drop)
        };
        let failure = made(&[]).unwrap_err().message.unwrap();
        assert!(failure.contains("--fileserver-place"), "{failure}");
        assert!(made(&["--fileserver", "plik"]).is_ok());
        assert!(made(&["--fileserver-place", "/"]).is_ok());
    }
}
