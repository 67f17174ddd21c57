//! Who we are to the broker. Secrets never show in debug output.

/// Who we are to the broker. More ways (creds, nkey, TLS files, contexts) are added as variants.
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
        password: String,
    },
    /// Token.
    Token(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}
