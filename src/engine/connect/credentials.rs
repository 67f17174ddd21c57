//! Our credentials for the broker. Plain data: files are read when needed, see [`super::auth`].

use super::secret::Secret;
use std::path::{Path, PathBuf};

/// Our credentials for the broker. Client certificates are not among them: they belong to TLS and can be combined
/// with any of these.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// None.
    #[default]
    None,
    /// User and password.
    Password {
        /// User.
        user: String,
        /// Password.
        password: Secret,
    },
    /// Token.
    Token(Secret),
    /// The seed of a user nkey.
    NKey(Secret),
    /// A file with the seed of a user nkey, read at each connect.
    NKeyFile(PathBuf),
    /// A creds file (JWT and seed), read at each connect so that a new one is picked up.
    CredsFile(PathBuf),
    /// A user JWT and the seed it belongs to; without a seed it is a bearer JWT.
    Jwt {
        /// The JWT.
        jwt: Secret,
        /// The seed.
        seed: Option<Secret>,
    },
}

impl Credentials {
    /// What `--nkey` and a context's `nkey` may hold: a file or the seed itself.
    pub fn nkey(text: &str) -> Self {
        if is_seed(text) {
            Self::NKey(text.into())
        } else {
            Self::NKeyFile(text.into())
        }
    }

    /// Their kind for people: `password`, `token`, `nkey`, `creds`, `jwt` or `none`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Password { .. } => "password",
            Self::Token(_) => "token",
            Self::NKey(_) | Self::NKeyFile(_) => "nkey",
            Self::CredsFile(_) => "creds",
            Self::Jwt { .. } => "jwt",
        }
    }

    /// The file with secrets that they name.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::NKeyFile(path) | Self::CredsFile(path) => Some(path),
            _ => None,
        }
    }
}

/// Whether a text is a seed rather than a path: base32 of the length that seeds have.
fn is_seed(text: &str) -> bool {
    text.len() == 58
        && text.starts_with('S')
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_told_from_a_path() {
        let seed = nkeys::KeyPair::new_user().seed().unwrap();
        assert_eq!(Credentials::nkey(&seed), Credentials::NKey(seed.as_str().into()));
        let path = "/home/ann/S.nk";
        assert_eq!(Credentials::nkey(path), Credentials::NKeyFile(path.into()));
        assert_eq!(Credentials::nkey(path).file(), Some(Path::new(path)));
    }

    #[test]
    fn debug_output_says_the_kind_only() {
        for credentials in [
            Credentials::Token("S3CRET".into()),
            Credentials::NKey("S3CRET".into()),
            Credentials::Password {
                user: "S3CRET".into(),
                password: "S3CRET".into(),
            },
            Credentials::Jwt {
                jwt: "S3CRET".into(),
                seed: Some("S3CRET".into()),
            },
        ] {
            let shown = format!("{credentials:?}");
            assert!(
                shown.contains(credentials.kind()) && !shown.contains("S3CRET"),
                "{shown}"
            );
        }
    }
}
