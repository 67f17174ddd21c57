//! Authentication: turns credentials into CONNECT options, signs the broker's nonce, and explains refusals. Files are
//! read anew each time; errors name the file, never its content.

use super::credentials::Credentials;
use super::error::ConnectError;
use super::secret::Secret;
use crate::clock;
use crate::files::read_text;
use crate::wording::Cause;
use async_nats::Auth;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use natsbridge_wire::Limits;
use nkeys::{KeyPair, KeyPairType};
use serde::Deserialize;
use std::path::Path;

/// What we say of ourselves, with the nonce signed where the credentials hold a key.
pub(super) fn answer(credentials: &Credentials, nonce: &[u8]) -> Result<Auth, ConnectError> {
    let mut auth = Auth::new();
    match credentials {
        Credentials::None => {}
        Credentials::Password { user, password } => {
            auth.username = Some(user.clone());
            auth.password = Some(password.expose().to_owned());
        }
        Credentials::Token(token) => auth.token = Some(token.expose().to_owned()),
        Credentials::NKey(_) | Credentials::NKeyFile(_) => {
            let pair = nkey(credentials)?;
            auth.nkey = Some(pair.public_key());
            auth.signature = Some(sign(&pair, nonce)?);
        }
        Credentials::CredsFile(_) | Credentials::Jwt { .. } => {
            let (jwt, pair) = jwt_and_key(credentials)?;
            auth.jwt = Some(jwt.expose().to_owned());
            auth.signature = pair.map(|pair| sign(&pair, nonce)).transpose()?;
        }
    }
    Ok(auth)
}

/// Why a broker may have refused these credentials, and what would help.
pub(super) fn refusal(credentials: &Credentials, place: &str) -> String {
    // An error on our side is more informative than the broker's answer.
    if let Err(error) = answer(credentials, b"") {
        return error.to_string();
    }
    let file = credentials.file().map(|path| format!(" from {}", path.display()));
    let file = file.unwrap_or_default();
    match credentials {
        Credentials::None => format!(
            "{place} requires credentials: give --creds, --nkey, --token, or --user and --password, or a \
             --context with credentials"
        ),
        Credentials::Password { user, .. } => {
            format!("{place} refused the credentials of user {user}: check the name and the password")
        }
        Credentials::Token(_) => format!("{place} refused the token: check it"),
        Credentials::NKey(_) | Credentials::NKeyFile(_) => {
            let public = nkey(credentials)
                .map(|pair| pair.public_key())
                .unwrap_or_default();
            format!("{place} does not know the nkey {public}{file}: have it added to the broker's users")
        }
        Credentials::CredsFile(_) | Credentials::Jwt { .. } => {
            let claims = jwt_and_key(credentials).ok().and_then(|(jwt, _)| claims(&jwt));
            let Some(claims) = claims else {
                return format!("{place} refused the JWT{file}, which cannot be read: create a new one");
            };
            let name = &claims.name;
            match claims.out_of_time(clock::now()) {
                Some(when) => format!(
                    "{place} refused the JWT of user {name}{file}, which {when}: get a new one{}",
                    if file.is_empty() {
                        ""
                    } else {
                        " and replace the file"
                    }
                ),
                None => format!(
                    "{place} refused the JWT of user {name}{file}: the broker may not know its account, \
                     or the user was revoked; ask for new credentials"
                ),
            }
        }
    }
}

/// What is wrong with credentials; never told with the secrets themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredsError {
    /// A creds file without a JWT.
    #[error("it contains no JWT between BEGIN NATS USER JWT and END")]
    NoJwt,
    /// A creds file without a seed.
    #[error("it contains no seed between BEGIN USER NKEY SEED and END")]
    NoSeed,
    /// An nkey file without a seed.
    #[error("no line in it is a seed")]
    NoSeedLine,
    /// A JWT that cannot be read.
    #[error("the JWT is invalid")]
    BadJwt,
    /// A seed that cannot be read.
    #[error("the seed is misspelled or truncated")]
    BadSeed,
    /// A seed of somebody else.
    #[error("the seed does not belong to the JWT")]
    OtherSeed,
    /// The seed of an account, an operator or a server.
    #[error("the seed belongs to a {0}, not a user")]
    NotAUser(String),
}

/// The JWT and the seed of a creds file's text.
pub(crate) fn read_creds(text: &str) -> Result<Credentials, CredsError> {
    let jwt = block(text, "JWT").ok_or(CredsError::NoJwt)?;
    let seed = block(text, "SEED").ok_or(CredsError::NoSeed)?;
    Ok(Credentials::Jwt {
        jwt,
        seed: Some(seed),
    })
}

/// The seed in a file's text: bare, or between BEGIN and END.
pub(crate) fn read_seed(text: &str) -> Option<Secret> {
    block(text, "SEED").or_else(|| {
        let mut lines = text.lines().map(str::trim);
        lines.find(|line| line.starts_with('S')).map(Secret::from)
    })
}

fn block(text: &str, what: &str) -> Option<Secret> {
    // Editors of Windows put a mark before the first line.
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines.find(|line| line.starts_with("---") && line.contains("BEGIN") && line.contains(what))?;
    let token: String = lines.take_while(|line| !line.starts_with("---")).collect();
    (!token.is_empty()).then(|| token.into())
}

fn nkey(credentials: &Credentials) -> Result<KeyPair, ConnectError> {
    match credentials {
        Credentials::NKeyFile(path) => {
            let bad = |why: CredsError| {
                ConnectError::options(format!(
                    "{} is not an nkey file: {why}; it must contain a user seed, which begins with SU",
                    path.display()
                ))
                .because(Cause::of(why))
            };
            let text = read(path, "nkey")?;
            let seed = read_seed(text.expose()).ok_or_else(|| bad(CredsError::NoSeedLine))?;
            user_key(&seed).map_err(bad)
        }
        Credentials::NKey(seed) => user_key(seed).map_err(|why| {
            ConnectError::options(format!(
                "the nkey is not a user seed: {why}; user seeds begin with SU"
            ))
            .because(Cause::of(why))
        }),
        _ => Err(ConnectError::options("there is no nkey")),
    }
}

fn jwt_and_key(credentials: &Credentials) -> Result<(Secret, Option<KeyPair>), ConnectError> {
    let whence = match credentials.file() {
        Some(path) => path.display().to_string(),
        None => "the given JWT".into(),
    };
    let bad = |why: CredsError| {
        ConnectError::options(format!(
            "{whence} cannot be used as credentials: {why}; `nsc generate creds` creates a valid creds file"
        ))
        .because(Cause::of(why))
    };
    let read = match credentials {
        Credentials::CredsFile(path) => Some(read_creds(read(path, "creds")?.expose()).map_err(&bad)?),
        _ => None,
    };
    let Credentials::Jwt { jwt, seed } = read.as_ref().unwrap_or(credentials) else {
        return Err(bad(CredsError::NoJwt));
    };
    let claims = claims(jwt).ok_or_else(|| bad(CredsError::BadJwt))?;
    let pair = seed.as_ref().map(user_key).transpose().map_err(&bad)?;
    if let Some(pair) = &pair
        && pair.public_key() != claims.sub
    {
        return Err(bad(CredsError::OtherSeed));
    }
    Ok((jwt.clone(), pair))
}

fn read(path: &Path, what: &str) -> Result<Secret, ConnectError> {
    read_text(path, Limits::in_force().named_file)
        .map(Secret::from)
        .map_err(|error| {
            ConnectError::options(format!(
                "the {what} file {} cannot be read: {error}; check --{what}, NATS_{} or the context",
                path.display(),
                what.to_ascii_uppercase()
            ))
            .because(Cause::of(error))
        })
}

fn user_key(seed: &Secret) -> Result<KeyPair, CredsError> {
    let pair = KeyPair::from_seed(seed.expose()).map_err(|_| CredsError::BadSeed)?;
    match pair.key_pair_type() {
        KeyPairType::User => Ok(pair),
        other => Err(CredsError::NotAUser(format!("{other:?}"))),
    }
}

fn sign(pair: &KeyPair, nonce: &[u8]) -> Result<Vec<u8>, ConnectError> {
    pair.sign(nonce)
        .map_err(|_| ConnectError::options("the nkey cannot sign: it contains no seed"))
}

/// Claims of a JWT that help to explain a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claims {
    name: String,
    sub: String,
    exp: i64,
    nbf: i64,
}

impl Claims {
    fn out_of_time(&self, now: Timestamp) -> Option<String> {
        let at = |second| Timestamp::from_second(second).ok();
        let told = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        let expired = at(self.exp).filter(|exp| self.exp > 0 && *exp <= now);
        let early = at(self.nbf).filter(|nbf| *nbf > now);
        (expired.map(|exp| format!("expired at {}", told(exp))))
            .or_else(|| early.map(|nbf| format!("is not valid before {}", told(nbf))))
    }
}

fn claims(jwt: &Secret) -> Option<Claims> {
    let body = jwt.expose().split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &serde_json::Value) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn creds(jwt: &str, seed: &str) -> String {
        format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n*** IMPORTANT ***\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        )
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_creds_file_answers_and_is_read_anew() {
        let pair = KeyPair::new_user();
        let token = jwt(&serde_json::json!({"sub": pair.public_key(), "name": "ann"}));
        let file = file(&creds(&token, &pair.seed().unwrap()));
        let credentials = Credentials::CredsFile(file.path().into());
        let auth = answer(&credentials, b"nonce").unwrap();
        assert_eq!(auth.jwt.as_deref(), Some(&*token));
        pair.verify(b"nonce", &auth.signature.unwrap()).unwrap();
        std::fs::write(file.path(), creds("", "")).unwrap();
        assert!(answer(&credentials, b"nonce").is_err());
    }

    #[test]
    fn a_seed_stands_bare_or_between_lines() {
        let pair = KeyPair::new_user();
        let seed = pair.seed().unwrap();
        let decorated = creds("x", &seed);
        for text in [format!("# mine\n{seed}\n"), decorated] {
            let file = file(&text);
            let auth = answer(&Credentials::NKeyFile(file.path().into()), b"n").unwrap();
            assert_eq!(auth.nkey, Some(pair.public_key()));
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_telling_secrets() {
        let (user, account) = (KeyPair::new_user(), KeyPair::new_account());
        let seed = user.seed().unwrap();
        let other = jwt(&serde_json::json!({"sub": KeyPair::new_user().public_key()}));
        for (text, creds_file, what) in [
            (creds(&other, &seed), true, "does not belong"),
            (creds("S3CRET", &seed), true, "JWT is invalid"),
            (creds(&other, &seed[..20]), true, "misspelled or truncated"),
            (seed.clone(), true, "no JWT"),
            ("nothing here".into(), false, "no line in it"),
            (account.seed().unwrap(), false, "not a user"),
            (format!("{}X", &seed[..57]), false, "misspelled"),
        ] {
            let file = file(&text);
            let path = file.path().to_owned();
            let credentials = if creds_file {
                Credentials::CredsFile(path.clone())
            } else {
                Credentials::NKeyFile(path.clone())
            };
            let error = answer(&credentials, b"").err().unwrap().to_string();
            assert!(
                error.contains(what) && error.contains(&path.display().to_string()),
                "{error}"
            );
            assert!(
                !error.contains("S3CRET") && !error.contains(&seed[..20]),
                "{error}"
            );
        }
        let missing = answer(&Credentials::CredsFile("/no/such.creds".into()), b"")
            .err()
            .unwrap()
            .to_string();
        assert!(
            missing.contains("/no/such.creds") && missing.contains("NATS_CREDS"),
            "{missing}"
        );
    }

    #[test]
    fn a_refused_jwt_is_explained_by_its_times() {
        let pair = KeyPair::new_user();
        let explained = |claims: serde_json::Value| {
            let jwt = jwt(&claims).into();
            refusal(&Credentials::Jwt { jwt, seed: None }, "h:1")
        };
        let sub = pair.public_key();
        let expired = explained(serde_json::json!({"sub": sub, "name": "ann", "exp": 1_000_000_000}));
        assert!(
            expired.contains("user ann") && expired.contains("expired at 2001-09-09 01:46:40 UTC"),
            "{expired}"
        );
        let early = explained(serde_json::json!({"sub": sub, "nbf": 4_000_000_000_i64}));
        assert!(early.contains("not valid before 2096"), "{early}");
        let revoked = explained(serde_json::json!({"sub": sub, "exp": 0}));
        assert!(revoked.contains("revoked"), "{revoked}");
    }
}
