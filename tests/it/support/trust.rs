//! What proves who somebody is, made for a test: certificates of an authority, JWTs of an operator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair as TlsKey, KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Certificates made so far, for the names of their files.
static ISSUED: AtomicU32 = AtomicU32::new(0);

/// A certificate authority with a folder for what it issues.
pub struct Authority {
    issuer: CertifiedIssuer<'static, TlsKey>,
    folder: tempfile::TempDir,
}

/// The files of a certificate and its key.
#[derive(Debug, Clone)]
pub struct Pair {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// What is asked of a certificate.
pub struct Wish {
    pub name: &'static str,
    pub hosts: &'static [&'static str],
    /// First and last year of its validity.
    pub years: (i32, i32),
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            name: "the broker",
            hosts: &["localhost", "127.0.0.1"],
            years: (2020, 2999),
        }
    }
}

impl Wish {
    fn params(&self) -> CertificateParams {
        let hosts: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, self.name);
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 1, 1);
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params
    }
}

impl Authority {
    pub fn new(name: &'static str) -> Self {
        let mut params = Wish {
            name,
            hosts: &[],
            ..Wish::default()
        }
        .params();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages = vec![];
        Self {
            issuer: CertifiedIssuer::self_signed(params, TlsKey::generate().unwrap()).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Its own certificate.
    pub fn ca(&self) -> PathBuf {
        self.file("ca.pem", &self.issuer.pem())
    }

    /// A certificate that it issues.
    pub fn issue(&self, wish: &Wish) -> Pair {
        let key = TlsKey::generate().unwrap();
        let certificate = wish.params().signed_by(&key, &self.issuer).unwrap();
        self.pair(wish.name, &certificate.pem(), &key)
    }

    /// A certificate that vouches for itself, kept in the same folder.
    pub fn self_signed(&self, wish: &Wish) -> Pair {
        let key = TlsKey::generate().unwrap();
        let certificate = wish.params().self_signed(&key).unwrap();
        self.pair(wish.name, &certificate.pem(), &key)
    }

    fn pair(&self, name: &str, cert: &str, key: &TlsKey) -> Pair {
        let number = ISSUED.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}", name.replace(' ', "-"));
        Pair {
            cert: self.file(&format!("{name}.pem"), cert),
            key: self.file(&format!("{name}.key"), &key.serialize_pem()),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        private(&self.folder.path().join(name), text)
    }
}

impl Pair {
    /// The `tls` block of a server that shows this certificate; `more` are further lines of it.
    pub fn server_config(&self, more: &str) -> String {
        let (cert, key) = (self.cert.display(), self.key.display());
        format!(
            "tls {{ cert_file: {cert:?}, key_file: {key:?}\n{more}\n}}\n",
            cert = cert.to_string(),
            key = key.to_string()
        )
    }
}

/// An operator with one account.
pub struct Operator {
    operator: KeyPair,
    account: KeyPair,
}

impl Operator {
    pub fn new() -> Self {
        Self {
            operator: KeyPair::new_operator(),
            account: KeyPair::new_account(),
        }
    }

    /// The configuration of a server that trusts it.
    pub fn server_config(&self) -> String {
        let operator = jwt(
            &self.operator,
            &self.operator,
            "op",
            &json!({"type": "operator", "version": 2}),
            0,
        );
        let limits = json!({"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
            "conn": -1, "leaf": -1});
        let nats = json!({"type": "account", "version": 2, "limits": limits});
        let account = jwt(&self.operator, &self.account, "acc", &nats, 0);
        let public = self.account.public_key();
        format!("operator: {operator}\nresolver: MEMORY\nresolver_preload: {{ {public}: {account} }}\n")
    }

    /// A user's JWT and seed; it expires at that second, 0 for never.
    pub fn user(&self, name: &str, expires: i64) -> (String, String) {
        let user = KeyPair::new_user();
        let nats = json!({"type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1});
        (
            jwt(&self.account, &user, name, &nats, expires),
            user.seed().unwrap(),
        )
    }

    /// The text of a creds file.
    pub fn creds(&self, name: &str, expires: i64) -> String {
        let (jwt, seed) = self.user(name, expires);
        format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
             ************************* IMPORTANT *************************\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        )
    }
}

fn jwt(issuer: &KeyPair, subject: &KeyPair, name: &str, nats: &Value, expires: i64) -> String {
    let mut claims = json!({"jti": name, "iat": 1_600_000_000, "iss": issuer.public_key(),
        "sub": subject.public_key(), "name": name, "nats": nats});
    if expires > 0 {
        claims["exp"] = expires.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(&json!({"typ": "JWT", "alg": "ed25519-nkey"})),
        part(&claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(issuer.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

/// Writes a file that only its owner reads.
pub fn private(path: &Path, text: &str) -> PathBuf {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path.to_owned()
}
