//! A context file of the `nats` command: its fields, and the options they result in. Unknown fields are ignored.

use super::error::{ContextFileError, ReferenceError};
use super::reference::{Profile, References};
use crate::connect::{ConnectOptions, Credentials, Secret, TlsOptions, read_creds, read_seed};
use serde::{Deserialize, Deserializer};
use std::ops::Deref;

/// Where to connect when a context does not say.
const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

/// The fields that say where to connect and who we are.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContextFile {
    pub(super) description: Field,
    url: Field,
    socks_proxy: Field,
    token: Field,
    user: Field,
    password: Field,
    creds: Field,
    nkey: Field,
    cert: Field,
    key: Field,
    ca: Field,
    nsc: Field,
    jetstream_domain: Field,
    jetstream_api_prefix: Field,
    inbox_prefix: Field,
    user_jwt: Field,
    user_seed: Field,
    tls_first: Option<bool>,
}

/// The text of a field, which may be secret; empty is the same as missing and, as in Go, as `null`.
#[derive(Default)]
pub(super) struct Field(Secret);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        Ok(Self(text.unwrap_or_default().into()))
    }
}

impl Deref for Field {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.expose()
    }
}

impl ContextFile {
    /// Parses the text of a file; errors name the line, never its content.
    pub(super) fn parse(text: &str) -> Result<Self, ContextFileError> {
        let file = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            if error.is_data() {
                ContextFileError::Type { line, column }
            } else {
                ContextFileError::Json { line, column }
            }
        })?;
        // A list would be taken for fields in their order, and an empty one for a context that names nothing.
        if !text.trim_start().starts_with('{') {
            let (line, column) = (1, 1);
            return Err(ContextFileError::Type { line, column });
        }
        Ok(file)
    }

    /// Whether secrets stand in the file itself.
    pub(super) fn holds_secrets(&self) -> bool {
        let stands_here = |value: &&Field| {
            let elsewhere = ["env://", "file://", "op://", "nsc://"];
            !value.is_empty() && !elsewhere.iter().any(|scheme| value.starts_with(scheme))
        };
        let values = [&self.password, &self.token, &self.user_jwt, &self.user_seed];
        self.url.contains('@')
            || self.creds.starts_with("data:")
            || self.nkey.starts_with("data:")
            || matches!(Credentials::nkey(&self.nkey), Credentials::NKey(_))
            || values.iter().any(stands_here)
    }

    /// The kind of credentials it holds, without reading them.
    pub(super) fn kind(&self) -> &'static str {
        let kinds = [
            (&self.user, "password"),
            (&self.creds, "creds"),
            (&self.nsc, "creds"),
            (&self.nkey, "nkey"),
            (&self.user_jwt, "jwt"),
            (&self.token, "token"),
            (&self.cert, "certificate"),
        ];
        let first = kinds.iter().find(|(value, _)| !value.is_empty());
        first.map_or("none", |(_, kind)| kind)
    }

    /// The addresses as they stand there, or the default; empty where `nsc` knows them.
    pub(super) fn addresses(&self) -> &str {
        match (&*self.url, &*self.nsc) {
            ("", "") => DEFAULT_SERVER,
            (url, _) => url,
        }
    }

    /// What it asks for.
    pub(super) fn options(&self, references: &References<'_>) -> Result<ConnectOptions, ContextFileError> {
        if !self.socks_proxy.is_empty() {
            return Err(ContextFileError::Proxy);
        }
        let of = |field: &'static str| move |source| ContextFileError::Field { field, source };
        let secret = |name, field: &Field| references.secret(field).map_err(of(name));
        let mut profile = match &*self.nsc {
            "" => Profile::default(),
            nsc => references.profile(nsc).map_err(of("nsc"))?,
        };
        let from_nsc = profile.servers.take();
        let addresses = match self.addresses() {
            "" => from_nsc.as_deref().unwrap_or(DEFAULT_SERVER),
            addresses => addresses,
        };
        let mut options = ConnectOptions::from_urls(addresses).map_err(ContextFileError::Url)?;
        options.credentials = if !self.user.is_empty() {
            Credentials::Password {
                user: secret("user", &self.user)?.expose().to_owned(),
                password: secret("password", &self.password)?,
            }
        } else if !self.creds.is_empty() {
            self.creds_of(references).map_err(of("creds"))?
        } else if let Some(path) = profile.creds {
            Credentials::CredsFile(path)
        } else if !self.nkey.is_empty() {
            self.nkey_of(references).map_err(of("nkey"))?
        } else if !self.user_jwt.is_empty() {
            let seed = (!self.user_seed.is_empty()).then(|| secret("user_seed", &self.user_seed));
            Credentials::Jwt {
                seed: seed.transpose()?,
                jwt: secret("user_jwt", &self.user_jwt)?,
            }
        } else if !self.token.is_empty() {
            Credentials::Token(secret("token", &self.token)?)
        } else {
            options.credentials
        };
        let file = |field: &'static str, value: &str| match value.split_once(':') {
            _ if value.is_empty() => Ok(None),
            Some(("env" | "data" | "op" | "nsc", _)) => Err(ContextFileError::OnlyFile(field)),
            _ => Ok(Some(references.path(value))),
        };
        options.tls = TlsOptions {
            ca: file("ca", &self.ca)?,
            cert: file("cert", &self.cert)?,
            key: file("key", &self.key)?,
            first: self.tls_first.unwrap_or_default(),
        };
        // They are the beginning of subjects; some write them with the dot that follows.
        let set = |value: &Field| {
            let value = value.trim_end_matches('.');
            (!value.is_empty()).then(|| value.to_owned())
        };
        options.inbox_prefix = set(&self.inbox_prefix);
        options.jetstream_prefix = set(&self.jetstream_api_prefix)
            .or_else(|| Some(format!("$JS.{}.API", set(&self.jetstream_domain)?)));
        Ok(options)
    }

    fn creds_of(&self, references: &References<'_>) -> Result<Credentials, ReferenceError> {
        match &*self.creds {
            // The file is read at each connect, so that a new one in its place counts.
            nsc if nsc.starts_with("nsc://") => {
                let creds = references.profile(nsc)?.creds;
                Ok(Credentials::CredsFile(creds.ok_or(ReferenceError::NoCredsFile)?))
            }
            file if file.starts_with("file://") => Ok(Credentials::CredsFile(references.path(file))),
            other => match references.content(other)? {
                Some(content) => Ok(read_creds(content.expose())?),
                None => Ok(Credentials::CredsFile(references.path(other))),
            },
        }
    }

    fn nkey_of(&self, references: &References<'_>) -> Result<Credentials, ReferenceError> {
        let nkey = &*self.nkey;
        if nkey.starts_with("file://") {
            return Ok(Credentials::NKeyFile(references.path(nkey)));
        }
        match references.content(nkey)? {
            Some(content) => read_seed(content.expose())
                .map(Credentials::NKey)
                .ok_or(ReferenceError::NoSeed),
            None => Ok(match Credentials::nkey(nkey) {
                Credentials::NKeyFile(_) => Credentials::NKeyFile(references.path(nkey)),
                seed => seed,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const REFERENCES: References<'static> = References {
        variable: &|name| (name == "HOME").then(|| "/home/ann".into()),
        patience: Duration::from_secs(20),
    };

    fn options(json: &str) -> Result<ConnectOptions, ContextFileError> {
        ContextFile::parse(json)?.options(&REFERENCES)
    }

    #[test]
    fn every_field_has_its_meaning() {
        let options = options(
            r#"{"description":"d","url":"tls://a:1,b","creds":"~/u.creds","cert":"~/c","key":"~/k","ca":"/ca",
               "tls_first":true,"inbox_prefix":"_I","jetstream_domain":"hub","jetstream_event_prefix":"x",
               "color_scheme":"","windows_ca_certs_match":null,"future":{"deep":[1]}}"#,
        )
        .unwrap();
        assert_eq!(options.servers, ["tls://a:1", "nats://b:4222"]);
        assert_eq!(
            options.credentials,
            Credentials::CredsFile("/home/ann/u.creds".into())
        );
        assert_eq!(
            options.tls,
            TlsOptions {
                ca: Some("/ca".into()),
                cert: Some("/home/ann/c".into()),
                key: Some("/home/ann/k".into()),
                first: true
            }
        );
        assert_eq!(options.inbox_prefix.as_deref(), Some("_I"));
        assert_eq!(options.jetstream_prefix.as_deref(), Some("$JS.hub.API"));
    }

    #[test]
    fn credentials_of_every_kind() {
        let seed = nkeys::KeyPair::new_user().seed().unwrap();
        let password = |user: &str, password: &str| Credentials::Password {
            user: user.into(),
            password: password.into(),
        };
        for (json, credentials) in [
            ("{}".to_owned(), Credentials::None),
            (r#"{"url":"nats://u:p@h"}"#.into(), password("u", "p")),
            (
                r#"{"user":"u","password":"p","token":"t","creds":"c"}"#.into(),
                password("u", "p"),
            ),
            (r#"{"user":"u","password":null}"#.into(), password("u", "")),
            (r#"{"token":"t"}"#.into(), Credentials::Token("t".into())),
            (
                r#"{"nkey":"~/n"}"#.into(),
                Credentials::NKeyFile("/home/ann/n".into()),
            ),
            (
                format!(r#"{{"nkey":"{seed}"}}"#),
                Credentials::NKey(seed.as_str().into()),
            ),
            (
                r#"{"user_jwt":"j","user_seed":"s"}"#.into(),
                Credentials::Jwt {
                    jwt: "j".into(),
                    seed: Some("s".into()),
                },
            ),
            (
                r#"{"user_jwt":"data:;base64,ag=="}"#.into(),
                Credentials::Jwt {
                    jwt: "j".into(),
                    seed: None,
                },
            ),
        ] {
            assert_eq!(options(&json).unwrap().credentials, credentials, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_names_the_field_or_the_line_and_no_secret() {
        for (json, what) in [
            ("{\n \"token\": \"S3CRET\",\n}", "line 3"),
            ("{\n \"password\": 4711}", "line 2"),
            (r#"{"socks_proxy":"socks5://h","token":"S3CRET"}"#, "socks_proxy"),
            (r#"{"url":"http://u:S3CRET@h"}"#, "url: "),
            (
                r#"{"token":"env://NOT_SET"}"#,
                "token: the environment variable NOT_SET is not set",
            ),
            (
                r#"{"creds":"data:;base64,UzNDUkVU"}"#,
                "creds: it contains no JWT",
            ),
            (r#"{"nkey":"data:;base64,"}"#, "nkey: it contains no seed"),
            (r#"{"ca":"env://CA"}"#, "ca: only a file"),
        ] {
            let error = options(json).unwrap_err().to_string();
            assert!(error.contains(what), "{json}: {error}");
            assert!(!error.contains("S3CRET") && !error.contains("4711"), "{error}");
        }
    }

    #[test]
    fn secrets_in_the_file_itself_are_noticed() {
        for (json, holds) in [
            (r#"{"creds":"~/c","user":"u","password":"env://P"}"#, false),
            (r#"{"password":"p"}"#, true),
            (r#"{"url":"nats://t@h"}"#, true),
            (r#"{"creds":"data:;base64,"}"#, true),
        ] {
            assert_eq!(ContextFile::parse(json).unwrap().holds_secrets(), holds, "{json}");
        }
    }
}
