//! Facts about a certificate, for people: subject, issuer, names, dates. Whether to trust a certificate is decided by
//! webpki.

use jiff::Timestamp;
use std::net::IpAddr;
use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate, X509Name};

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CertificateFacts {
    pub(super) subject: String,
    pub(super) issuer: String,
    /// First and last moment of its validity.
    pub(super) validity: Option<(Timestamp, Timestamp)>,
    /// Host names and addresses it is for.
    pub(super) names: Vec<String>,
}

impl CertificateFacts {
    /// Parses a certificate; of one that cannot be read nothing is known.
    pub(super) fn of(der: &[u8]) -> Self {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return Self::default();
        };
        let validity = certificate.validity();
        let moment = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        let names = certificate.subject_alternative_name().ok().flatten();
        Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            validity: moment(validity.not_before).zip(moment(validity.not_after)),
            names: names.map_or_else(Vec::new, |names| {
                names.value.general_names.iter().filter_map(alternative).collect()
            }),
        }
    }

    /// Whether it is self-signed.
    pub(super) fn self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

impl std::fmt::Display for CertificateFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(or_none(&self.subject))?;
        if !self.names.is_empty() {
            write!(f, " for {}", self.names.join(", "))?;
        }
        if let Some((from, to)) = self.validity {
            let [from, to] = [from, to].map(|at| at.strftime("%Y-%m-%d"));
            write!(f, ", valid from {from} to {to}")?;
        }
        let issuer = if self.self_signed() {
            "itself"
        } else {
            or_none(&self.issuer)
        };
        write!(f, ", issued by {issuer}")
    }
}

fn or_none(name: &str) -> &str {
    if name.is_empty() { "without a name" } else { name }
}

/// The common name, else the organisation.
fn name(of: &X509Name) -> String {
    let attribute = of.iter_common_name().chain(of.iter_organization()).next();
    attribute.map_or_else(String::new, |attribute| {
        String::from_utf8_lossy(attribute.as_slice()).into_owned()
    })
}

fn alternative(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let address = <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
    address.ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    #[test]
    fn a_certificate_tells_of_itself() {
        let mut params = CertificateParams::new(vec!["broker.example".into(), "127.0.0.1".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "the broker");
        params.not_before = date_time_ymd(1999, 2, 3);
        params.not_after = date_time_ymd(2050, 1, 2);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let facts = CertificateFacts::of(certificate.der());
        assert_eq!(facts.subject, "the broker");
        assert!(facts.self_signed());
        assert_eq!(facts.names, ["broker.example", "127.0.0.1"]);
        assert_eq!(
            facts.to_string(),
            "the broker for broker.example, 127.0.0.1, valid from 1999-02-03 to 2050-01-02, issued by itself"
        );
    }

    #[test]
    fn no_bytes_break_it() {
        let certificate = rcgen::generate_simple_self_signed(vec!["a".into()]).unwrap();
        let der = certificate.cert.der();
        for end in 0..der.len() {
            CertificateFacts::of(&der[..end]);
        }
        for at in 0..der.len() {
            let mut broken = der.to_vec();
            broken[at] = 0xff;
            CertificateFacts::of(&broken);
        }
        assert_eq!(
            CertificateFacts::of(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
            CertificateFacts::default()
        );
    }
}
