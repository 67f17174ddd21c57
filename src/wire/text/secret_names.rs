//! Names under which secrets usually stand. Values are not looked at.

/// Parts of such names.
const PARTS: &[&str] = &["pass", "secret", "token", "seed", "jwt", "nkey", "authorization"];

/// Whether something of that name is likely to be a secret: a key, a column, or a type that names its fields.
pub fn names_a_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_any_case_and_place() {
        for name in [
            "password",
            "DB_PASS",
            "clientSecret",
            "accessToken",
            "nkey_seed",
            "JWT",
            "Authorization",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        assert!(names_a_secret("struct<user: utf8, token: utf8>"));
        for name in ["", "user", "temperature", "key"] {
            assert!(!names_a_secret(name), "{name}");
        }
    }
}
