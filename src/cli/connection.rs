//! The connection flags of every connecting verb, spelled as `nats` spells them, and what they mean together
//! with the environment: flag, then environment, then default.

use super::exit::Failure;
use super::output;
use crate::engine::{ConnectOptions, Credentials};
use crate::wire::Limits;
use std::time::Duration;

/// Where to connect when nothing is said.
const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

/// Connection flags.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Broker address, several separated by commas [env: NATS_URL] [default: nats://127.0.0.1:4222]
    #[arg(short, long, value_name = "URL")]
    server: Option<String>,
    /// User name; without a password it is a token [env: NATS_USER]
    #[arg(long, conflicts_with = "token")]
    user: Option<String>,
    /// Password; other users can see it here, the environment hides it [env: NATS_PASSWORD]
    #[arg(long, conflicts_with = "token")]
    password: Option<String>,
    /// Token; other users can see it here, the environment hides it [env: NATS_TOKEN]
    #[arg(long)]
    token: Option<String>,
    /// Name under which the broker lists this connection
    #[arg(long, value_name = "NAME")]
    connection_name: Option<String>,
}

impl ConnectionArgs {
    /// These flags, completed by those given before the verb.
    pub fn or(self, earlier: Self) -> Self {
        Self {
            server: self.server.or(earlier.server),
            user: self.user.or(earlier.user),
            password: self.password.or(earlier.password),
            token: self.token.or(earlier.token),
            connection_name: self.connection_name.or(earlier.connection_name),
        }
    }

    /// The options they and the environment ask for; warns of secrets that other users can see.
    pub fn resolve(
        &self,
        connect_time: Option<Duration>,
        limits: &Limits,
    ) -> Result<ConnectOptions, Failure> {
        let mut options = self.resolve_with(|name| std::env::var(name).ok())?;
        options.limits = limits.clone();
        if let Some(flag) = self.visible_secret() {
            output::warning(&format!(
                "Other users of this machine can see what stands in {flag}; \
                 the variables NATS_PASSWORD, NATS_TOKEN and NATS_URL keep it from them."
            ));
        }
        if let Some(time) = connect_time {
            options.limits.connect_time = time;
        }
        Ok(options)
    }

    fn visible_secret(&self) -> Option<&'static str> {
        let server_has_user_info = || {
            let server = self.server.as_deref()?;
            server.split(',').any(has_user_info).then_some("--server")
        };
        (self.password.as_ref().map(|_| "--password"))
            .or(self.token.as_ref().map(|_| "--token"))
            .or_else(server_has_user_info)
    }

    fn resolve_with(&self, variable: impl Fn(&str) -> Option<String>) -> Result<ConnectOptions, Failure> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let urls = self.server.clone().or_else(|| variable("NATS_URL"));
        let urls = urls.unwrap_or_else(|| DEFAULT_SERVER.into());
        let mut options = ConnectOptions::from_urls(&urls).map_err(|error| {
            Failure::usage(format!(
                "{error}\nAn address looks like nats://127.0.0.1:4222; several are separated by commas."
            ))
        })?;
        let from_flags = || match (&self.token, &self.user) {
            (Some(token), _) => Some(Credentials::Token(token.clone())),
            (None, Some(user)) => Some(of_user(
                user.clone(),
                self.password.clone().or_else(|| variable("NATS_PASSWORD")),
            )),
            (None, None) => None,
        };
        let from_environment = || {
            let password = || self.password.clone().or_else(|| variable("NATS_PASSWORD"));
            variable("NATS_TOKEN")
                .map(Credentials::Token)
                .or_else(|| Some(of_user(variable("NATS_USER")?, password())))
        };
        // What stands in the URL is as near as the URL: before the environment when it came by flag.
        let url_is_flag = self.server.is_some() && !matches!(options.credentials, Credentials::None);
        if let Some(credentials) = from_flags() {
            options.credentials = credentials;
        } else if !url_is_flag {
            options.credentials = from_environment().unwrap_or(options.credentials);
        }
        if let Some(name) = &self.connection_name {
            options.name.clone_from(name);
        }
        Ok(options)
    }
}

/// A user name alone is a token, as in NATS URLs.
fn of_user(user: String, password: Option<String>) -> Credentials {
    match password {
        Some(password) => Credentials::Password { user, password },
        None => Credentials::Token(user),
    }
}

fn has_user_info(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        move |name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        }
    }

    fn shown(credentials: &Credentials) -> String {
        match credentials {
            Credentials::None => "none".into(),
            Credentials::Password { user, password } => format!("{user}:{password}"),
            Credentials::Token(token) => token.clone(),
        }
    }

    #[test]
    fn the_flag_beats_the_environment_and_that_the_default() {
        let none = ConnectionArgs::default();
        let flag = ConnectionArgs {
            server: Some("nats://flag:1".into()),
            ..Default::default()
        };
        let url = |args: &ConnectionArgs, pairs| args.resolve_with(env(pairs)).unwrap().servers.join(",");
        assert_eq!(url(&none, &[]), DEFAULT_SERVER);
        assert_eq!(url(&none, &[("NATS_URL", "")]), DEFAULT_SERVER);
        assert_eq!(url(&none, &[("NATS_URL", "nats://env:2")]), "nats://env:2");
        assert_eq!(url(&flag, &[("NATS_URL", "nats://env:2")]), "nats://flag:1");
    }

    #[test]
    fn credentials_by_flag_then_environment() {
        let user = ConnectionArgs {
            user: Some("u".into()),
            ..Default::default()
        };
        let token = ConnectionArgs {
            token: Some("t".into()),
            ..Default::default()
        };
        let none = ConnectionArgs::default();
        let of = |args: &ConnectionArgs, pairs| shown(&args.resolve_with(env(pairs)).unwrap().credentials);
        assert_eq!(of(&user, &[]), "u", "a user alone is a token");
        assert_eq!(of(&user, &[("NATS_PASSWORD", "p")]), "u:p");
        assert_eq!(of(&user, &[("NATS_TOKEN", "x")]), "u");
        assert_eq!(of(&token, &[("NATS_USER", "x")]), "t");
        assert_eq!(of(&none, &[("NATS_USER", "u"), ("NATS_PASSWORD", "p")]), "u:p");
        assert_eq!(of(&none, &[]), "none");
    }

    #[test]
    fn secrets_on_the_command_line_are_noticed() {
        let with = |server: &str| ConnectionArgs {
            server: Some(server.into()),
            ..Default::default()
        };
        assert_eq!(
            with("nats://h:1,nats://u:p@h:2").visible_secret(),
            Some("--server")
        );
        assert_eq!(with("u@h").visible_secret(), Some("--server"));
        assert_eq!(with("nats://h:1/a@b").visible_secret(), None);
        assert_eq!(ConnectionArgs::default().visible_secret(), None);
    }
}
