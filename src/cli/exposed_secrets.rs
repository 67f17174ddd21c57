//! Warnings about secrets that other users of this machine can see: on the command line and in files.

use crate::cli::connection::ConnectionArgs;
use natsbridge_engine::Credentials;

/// Warns of a secret on the command line, where lists of processes show it.
pub(super) fn on_command_line(args: &ConnectionArgs) -> Option<String> {
    let server_has_user_info = || {
        let server = args.server.as_deref()?;
        server.split(',').any(has_user_info).then_some("--server")
    };
    let nkey = args.nkey.as_ref().map(|nkey| Credentials::nkey(nkey.expose()));
    let flag = (args.password.as_ref().map(|_| "--password"))
        .or(args.token.as_ref().map(|_| "--token"))
        .or(nkey.filter(|nkey| nkey.file().is_none()).map(|_| "--nkey"))
        .or_else(server_has_user_info)?;
    Some(format!(
        "Other users of this machine can see the value of {flag}; the variables NATS_PASSWORD, NATS_TOKEN \
         and NATS_URL, files and contexts keep it private."
    ))
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
    use crate::cli::args::Cli;
    use clap::Parser;

    #[test]
    fn secrets_on_the_command_line_are_noticed_and_not_repeated() {
        let seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
        for (line, flag) in [
            ("-s nats://h:1,nats://u:p@h:2", Some("--server")),
            ("-s u@h", Some("--server")),
            ("--token t", Some("--token")),
            ("--user u --password p", Some("--password")),
            (&format!("--nkey {seed}"), Some("--nkey")),
            ("--nkey user.nk", None),
            ("-s nats://h:1/a@b", None),
            ("", None),
        ] {
            let words = std::iter::once("natsbridge").chain(line.split_whitespace());
            let warning = on_command_line(&Cli::try_parse_from(words).unwrap().connection);
            assert_eq!(warning.is_some(), flag.is_some(), "{line}: {warning:?}");
            let warning = warning.unwrap_or_default();
            assert!(
                warning.contains(flag.unwrap_or_default()) && !warning.contains(seed),
                "{warning}"
            );
        }
    }
}
