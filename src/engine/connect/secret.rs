//! Text that must not leak by accident: wiped when dropped, hidden when printed. Use `expose` to read it.

use zeroize::Zeroizing;

/// A password, token, seed or JWT.
///
/// ```
/// use natsbridge_engine::Secret;
/// let secret = Secret::from("hush");
/// assert_eq!(secret.expose(), "hush");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself; not for logs, screens or errors.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_only_on_demand() {
        let secret = Secret::from("S3CRET".to_owned());
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret))
                .matches("S3CRET")
                .count(),
            0
        );
        assert_eq!(secret.expose(), "S3CRET");
    }
}
