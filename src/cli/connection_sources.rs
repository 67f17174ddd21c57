//! Combines flags, environment and `nats` contexts: flag, then variable, then context, then default.

use crate::cli::connection::ConnectionArgs;
use crate::cli::exit::Failure;
use crate::cli::exposed_secrets;
use crate::cli::literals::duration;
use natsbridge_app::exposed_file;
use natsbridge_engine::{ConnectOptions, Connection, Contexts, Credentials, Secret, check_subject, sentence};
use natsbridge_wire::Limits;
use std::path::PathBuf;
use std::time::Duration;

/// Where to connect when nothing is said.
const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

/// All sources of connection options.
pub struct Sources<'a> {
    /// The flags.
    pub args: &'a ConnectionArgs,
    /// The environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The contexts of `nats`.
    pub contexts: &'a Contexts,
}

/// The result, with notes for the user.
#[derive(Debug)]
pub struct Resolved {
    /// How to connect.
    pub options: ConnectOptions,
    /// Which context is used.
    pub notes: Vec<String>,
    /// What overrides it, and which secrets other users can see.
    pub warnings: Vec<String>,
}

impl Sources<'_> {
    /// Combines the sources; errors are usage errors.
    pub fn resolve(&self, connect_time: Option<Duration>, limits: &Limits) -> Result<Resolved, Failure> {
        let mut notes = Vec::new();
        let mut warnings = Vec::new();
        let mut options = options_of(DEFAULT_SERVER)?;
        if let Some((name, how)) = self.chosen()? {
            options = self
                .contexts
                .load(&name)
                .map_err(|error| unusable(&error.to_string(), how))?;
            if let Some(how) = how {
                notes.push(format!("Using the context {name}, {how}."));
            }
            let exposed = self.contexts.facts(&name).ok().filter(|facts| facts.exposed);
            warnings.extend(exposed.map(|facts| exposed_file(&facts.path)));
        }
        warnings.extend(self.left_aside());
        let mut overridden = Vec::new();
        let near = self.servers(&mut options, &mut overridden)?;
        self.credentials(&mut options, near, &mut overridden)?;
        self.tls(&mut options, &mut overridden);
        if let Some(prefix) = &self.args.inbox_prefix {
            check_subject(prefix).map_err(|why| Failure::usage(format!("--inbox-prefix {prefix}: {why}")))?;
            options.inbox_prefix = Some(prefix.clone());
        }
        if let Some(name) = &self.args.connection_name {
            options.name.clone_from(name);
        }
        options.limits = limits.clone();
        let connect_time = connect_time.or(self.args.connect_time);
        let connect_time = connect_time.map_or_else(|| self.timeout(), |time| Ok(Some(time)))?;
        options.limits.connect_time = connect_time.unwrap_or(limits.connect_time);
        Connection::check(&options).map_err(|error| Failure::usage(format!("{error}.")))?;
        if let Some(context) = &options.context {
            let said = overridden.iter().map(|(variable, what)| {
                format!("{variable} overrides {what} of the context {context}; unset it to use the context")
            });
            warnings.extend(said);
        }
        warnings.extend(exposed_secrets::on_command_line(self.args));
        warnings.extend(options.exposed_files().into_iter().map(exposed_file));
        Ok(Resolved {
            options,
            notes,
            warnings,
        })
    }

    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The context to use, and how it was chosen if not on the command line. The selected one is only used if nothing else names a server: its credentials are not
    /// meant for another one.
    fn chosen(&self) -> Result<Option<(String, Option<&'static str>)>, Failure> {
        if let Some(name) = &self.args.context {
            return Ok(Some((name.clone(), None)));
        }
        if let Some(name) = self.set("NATS_CONTEXT") {
            return Ok(Some((name, Some("which NATS_CONTEXT names"))));
        }
        if self.args.server.is_some() || self.set("NATS_URL").is_some() {
            return Ok(None);
        }
        let selected = self.contexts.selected();
        let selected = selected.map_err(|error| Failure::usage(sentence(&error)))?;
        Ok(selected.map(|name| (name, Some("which `nats context` has selected"))))
    }

    /// The selected context, if only the environment keeps it from being used.
    fn left_aside(&self) -> Option<String> {
        let asked = [&self.args.server, &self.args.context]
            .iter()
            .any(|given| given.is_some());
        if asked || self.set("NATS_CONTEXT").is_some() || self.set("NATS_URL").is_none() {
            return None;
        }
        let name = self.contexts.selected().ok().flatten()?;
        Some(format!(
            "NATS_URL overrides the context {name}, which `nats context` has selected: neither its \
             address nor its credentials are used. Unset NATS_URL to use the context, or name the context \
             as well."
        ))
    }

    /// The server addresses; also returns credentials found in an address, which have the same precedence.
    fn servers(
        &self,
        options: &mut ConnectOptions,
        overridden: &mut Vec<(&'static str, &'static str)>,
    ) -> Result<(Credentials, Credentials), Failure> {
        let mut near = (Credentials::None, Credentials::None);
        if let Some(urls) = &self.args.server {
            let given = options_of(urls)?;
            options.servers = given.servers;
            near.0 = given.credentials;
        } else if let Some(urls) = self.set("NATS_URL") {
            let given = options_of(&urls)?;
            options.servers = given.servers;
            near.1 = given.credentials;
            overridden.push(("NATS_URL", "the address"));
        }
        Ok(near)
    }

    fn credentials(
        &self,
        options: &mut ConnectOptions,
        (of_flag, of_variable): (Credentials, Credentials),
        overridden: &mut Vec<(&'static str, &'static str)>,
    ) -> Result<(), Failure> {
        let some = |credentials: Credentials| (credentials != Credentials::None).then_some(credentials);
        let own = self.args.password.as_ref();
        if let Some(credentials) = self.of_flags().or_else(|| some(with_password(of_flag, own))) {
            options.credentials = credentials;
            return Ok(());
        }
        let of_environment = self.of_environment();
        let found = of_environment.or_else(|| Some(("NATS_URL", some(with_password(of_variable, own))?)));
        match (found, &mut options.credentials, self.password()) {
            (Some((variable, found)), credentials, _) => {
                if *credentials != Credentials::None {
                    overridden.push((variable, "the credentials"));
                }
                *credentials = found;
            }
            (None, Credentials::Password { password, .. }, Some(nearer)) => {
                if own.is_none() && *password != nearer {
                    overridden.push(("NATS_PASSWORD", "the password"));
                }
                *password = nearer;
            }
            _ if own.is_some() => {
                return Err(Failure::usage(
                    "--password needs a user.\nFor example: --user ann --password …",
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn password(&self) -> Option<Secret> {
        let own = self.args.password.clone();
        own.or_else(|| self.set("NATS_PASSWORD").map(Secret::from))
    }

    fn of_flags(&self) -> Option<Credentials> {
        let args = self.args;
        (args.user.clone().map(|user| of_user(user, self.password())))
            .or_else(|| args.creds.clone().map(Credentials::CredsFile))
            .or_else(|| args.nkey.as_ref().map(|nkey| Credentials::nkey(nkey.expose())))
            .or_else(|| args.token.clone().map(Credentials::Token))
    }

    fn of_environment(&self) -> Option<(&'static str, Credentials)> {
        let of =
            |name: &'static str, make: &dyn Fn(String) -> Credentials| Some((name, make(self.set(name)?)));
        of("NATS_USER", &|user| of_user(user, self.password()))
            .or_else(|| of("NATS_CREDS", &|path| Credentials::CredsFile(path.into())))
            .or_else(|| of("NATS_NKEY", &|text| Credentials::nkey(&text)))
            .or_else(|| of("NATS_TOKEN", &|token| Credentials::Token(token.into())))
    }

    fn tls(&self, options: &mut ConnectOptions, overridden: &mut Vec<(&'static str, &'static str)>) {
        let args = self.args;
        let tls = &mut options.tls;
        for (own, variable, what, place) in [
            (&args.tlsca, "NATS_CA", "the CA file", &mut tls.ca),
            (&args.tlscert, "NATS_CERT", "the certificate", &mut tls.cert),
            (&args.tlskey, "NATS_KEY", "the key", &mut tls.key),
        ] {
            if own.is_some() {
                place.clone_from(own);
            } else if let Some(path) = self.set(variable) {
                let path = PathBuf::from(path);
                if place.as_ref().is_some_and(|theirs| *theirs != path) {
                    overridden.push((variable, what));
                }
                *place = Some(path);
            }
        }
        tls.first |= args.tlsfirst;
    }

    fn timeout(&self) -> Result<Option<Duration>, Failure> {
        let read = |text: String| {
            duration(&text).map_err(|why| Failure::usage(format!("NATS_TIMEOUT={text}: {why}.")))
        };
        self.set("NATS_TIMEOUT").map(read).transpose()
    }
}

fn options_of(urls: &str) -> Result<ConnectOptions, Failure> {
    ConnectOptions::from_urls(urls).map_err(|error| {
        Failure::usage(format!(
            "{error}\nA server address looks like nats://127.0.0.1:4222; separate several with commas."
        ))
    })
}

fn unusable(error: &str, how: Option<&'static str>) -> Failure {
    match how {
        None => Failure::usage(format!("{error}.")),
        Some(how) => Failure::usage(format!(
            "{error}.\nIt was taken as the context {how}; use --server or --context to choose another."
        )),
    }
}

/// A user name alone is a token, as in NATS URLs.
fn of_user(user: String, password: Option<Secret>) -> Credentials {
    match password {
        Some(password) => Credentials::Password { user, password },
        None => Credentials::Token(user.into()),
    }
}

/// What came with an address, and a password that was given beside it: the name there is a user's then.
fn with_password(credentials: Credentials, password: Option<&Secret>) -> Credentials {
    match (credentials, password) {
        (Credentials::Password { user, .. }, Some(password)) => of_user(user, Some(password.clone())),
        (Credentials::Token(user), Some(password)) => {
            of_user(user.expose().to_owned(), Some(password.clone()))
        }
        (credentials, _) => credentials,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::Parser;
    use natsbridge_engine::clock;

    /// A folder of contexts that goes with the test.
    struct Home(PathBuf);

    impl Home {
        fn with(files: &[(&str, &str)]) -> Self {
            let home = std::env::temp_dir().join(format!("natsbridge-{}", clock::random_uuid().simple()));
            std::fs::create_dir_all(home.join("nats/context")).unwrap();
            for (name, text) in files {
                std::fs::write(home.join("nats").join(name), text).unwrap();
            }
            Self(home)
        }

        fn resolve(&self, line: &str, set: &[(&str, &str)]) -> Result<Resolved, Failure> {
            let words = std::iter::once("natsbridge").chain(line.split_whitespace());
            let args = Cli::try_parse_from(words).unwrap().connection;
            let variable = |name: &str| {
                let found = set.iter().find(|(key, _)| *key == name);
                let home = (name == "XDG_CONFIG_HOME").then(|| self.0.display().to_string());
                found.map(|(_, value)| (*value).to_owned()).or(home)
            };
            Sources {
                args: &args,
                variable: &variable,
                contexts: &Contexts::of(variable),
            }
            .resolve(None, &Limits::default())
        }

        fn options(&self, line: &str, set: &[(&str, &str)]) -> ConnectOptions {
            self.resolve(line, set).unwrap().options
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).ok();
        }
    }

    fn shown(credentials: &Credentials) -> String {
        match credentials {
            Credentials::Password { user, password } => format!("{user}:{}", password.expose()),
            Credentials::Token(token) => token.expose().to_owned(),
            other => other.kind().into(),
        }
    }

    #[test]
    fn the_flag_beats_the_environment_that_the_context_and_that_the_default() {
        let home = Home::with(&[("context/c.json", r#"{"url":"nats://ctx:3"}"#)]);
        let address = |line, set| home.options(line, set).address();
        assert_eq!(address("", &[]), "127.0.0.1:4222");
        assert_eq!(address("", &[("NATS_URL", "")]), "127.0.0.1:4222");
        assert_eq!(address("", &[("NATS_CONTEXT", "c")]), "ctx:3");
        assert_eq!(address("--context c", &[]), "ctx:3");
        assert_eq!(address("--context c", &[("NATS_URL", "nats://env:2")]), "env:2");
        assert_eq!(
            address("--context c -s flag:1", &[("NATS_URL", "nats://env:2")]),
            "flag:1"
        );
    }

    #[test]
    fn credentials_by_flag_then_environment_then_context() {
        let home = Home::with(&[("context/c.json", r#"{"user":"c","password":"x"}"#)]);
        let of = |line, set| shown(&home.options(line, set).credentials);
        assert_eq!(of("--user u", &[]), "u", "a user alone is a token");
        assert_eq!(of("--user u", &[("NATS_PASSWORD", "p")]), "u:p");
        assert_eq!(of("--user u", &[("NATS_TOKEN", "x")]), "u");
        assert_eq!(of("--token t", &[("NATS_USER", "x")]), "t");
        assert_eq!(of("-s u:p@h", &[("NATS_USER", "x")]), "u:p");
        assert_eq!(of("-s u:p@h --password q", &[]), "u:q");
        assert_eq!(of("-s u@h --password q", &[]), "u:q", "a user after all");
        assert_eq!(of("--password q", &[("NATS_URL", "u@h")]), "u:q");
        assert_eq!(of("", &[("NATS_USER", "u"), ("NATS_PASSWORD", "p")]), "u:p");
        assert_eq!(of("", &[("NATS_URL", "t@h"), ("NATS_TOKEN", "x")]), "x");
        assert_eq!(of("--context c", &[]), "c:x");
        assert_eq!(
            of("--context c -s h", &[]),
            "c:x",
            "asked for by name, it goes where it is sent"
        );
        assert_eq!(of("--context c --password q", &[]), "c:q");
        assert_eq!(of("--context c", &[("NATS_PASSWORD", "e")]), "c:e");
        assert_eq!(of("--context c --password q", &[("NATS_PASSWORD", "e")]), "c:q");
        assert_eq!(of("", &[("NATS_PASSWORD", "e")]), "none");
        assert_eq!(of("--context c", &[("NATS_URL", "t@h")]), "t");
        assert_eq!(of("", &[]), "none");
        assert!(home.resolve("--password q", &[]).is_err());
    }

    #[test]
    fn the_selected_context_counts_where_nothing_else_names_a_broker() {
        let home = Home::with(&[
            ("context/c.json", r#"{"url":"nats://ctx:3","token":"t"}"#),
            ("context.txt", "c"),
        ]);
        let resolved = home.resolve("", &[]).unwrap();
        assert_eq!(resolved.options.context.as_deref(), Some("c"));
        assert!(
            resolved.notes[0].contains("the context c"),
            "{:?}",
            resolved.notes
        );
        for (line, set) in [("-s h", &[][..]), ("", &[("NATS_URL", "nats://h")])] {
            let resolved = home.resolve(line, set).unwrap();
            assert_eq!(
                (resolved.options.context, resolved.options.credentials),
                (None, Credentials::None)
            );
            assert_eq!(resolved.notes, Vec::<String>::new());
        }
        let left_aside = |line: &str| {
            let resolved = home.resolve(line, &[("NATS_URL", "nats://h")]).unwrap();
            let told = |text: &&String| text.starts_with("NATS_URL overrides the context c,");
            resolved.warnings.iter().filter(told).count()
        };
        assert_eq!(left_aside(""), 1);
        assert_eq!(left_aside("-s h"), 0, "the person said so");
        assert_eq!(
            left_aside("--context c"),
            0,
            "that is told as an override of its address"
        );
        let gone = Home::with(&[("context.txt", "gone")])
            .resolve("", &[])
            .unwrap_err();
        assert!(gone.message.unwrap().contains("has selected"));
    }

    #[test]
    fn a_variable_that_overrides_the_context_is_told() {
        let home = Home::with(&[("context/c.json", r#"{"url":"nats://ctx:3","token":"t"}"#)]);
        let told = |set: &[(&str, &str)]| {
            let warnings = home.resolve("--context c", set).unwrap().warnings;
            warnings
                .into_iter()
                .filter(|text| text.contains("overrides"))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&[]), Vec::<String>::new());
        assert!(told(&[("NATS_URL", "h")])[0].starts_with("NATS_URL overrides the address of the context c"));
        assert!(
            told(&[("NATS_TOKEN", "x")])[0]
                .starts_with("NATS_TOKEN overrides the credentials of the context c")
        );
        assert_eq!(
            told(&[("NATS_PASSWORD", "x")]),
            Vec::<String>::new(),
            "it holds no user"
        );
        let home = Home::with(&[("context/c.json", r#"{"user":"c","password":"x"}"#)]);
        let told = |password| {
            let resolved = home.resolve("--context c", &[("NATS_PASSWORD", password)]);
            let warnings = resolved.unwrap().warnings;
            warnings
                .iter()
                .any(|text| text.starts_with("NATS_PASSWORD overrides the password"))
        };
        assert!(told("y") && !told("x"));
    }

    #[test]
    fn what_cannot_work_is_refused_before_anybody_is_asked() {
        let home = Home::with(&[]);
        for (line, set, what) in [
            ("--context nope", &[][..], "unknown context nope"),
            ("--creds /no/such", &[], "/no/such"),
            ("--nkey /no/such", &[], "/no/such"),
            ("--tlscert /no/such", &[], "--tlskey"),
            ("--tlsca /no/such", &[], "--tlsca"),
            ("--inbox-prefix a.>", &[], "--inbox-prefix"),
            ("", &[("NATS_TIMEOUT", "soon")], "NATS_TIMEOUT=soon"),
            ("", &[("NATS_CREDS", "/no/such")], "NATS_CREDS"),
        ] {
            let failure = home.resolve(line, set).unwrap_err().message.unwrap();
            assert!(failure.contains(what), "{line}: {failure}");
        }
    }

    #[test]
    fn the_rest_is_taken_over() {
        let home = Home::with(&[("context/c.json", r#"{"inbox_prefix":"_C","tls_first":true}"#)]);
        let options = home.options("--context c --connection-name me", &[("NATS_TIMEOUT", "7s")]);
        let args = ConnectionArgs {
            connect_time: Some(Duration::from_secs(2)),
            ..ConnectionArgs::default()
        };
        let sources = Sources {
            args: &args,
            variable: &|_| None,
            contexts: &Contexts::of(|_| None),
        };
        let before_the_verb = sources.resolve(None, &Limits::default()).unwrap().options;
        assert_eq!(before_the_verb.limits.connect_time.as_secs(), 2);
        assert_eq!(options.inbox_prefix.as_deref(), Some("_C"));
        assert!(options.tls.first);
        assert_eq!(options.name, "me");
        assert_eq!(options.limits.connect_time, Duration::from_secs(7));
        assert_eq!(
            home.options("--context c --inbox-prefix me", &[])
                .inbox_prefix
                .as_deref(),
            Some("me")
        );
    }
}
