//! Facts about a certificate, for people: subject, issuer, names, dates. Parses only as much of the encoding (X.509
//! in DER, RFC 5280) as needed; whether to trust a certificate is decided by webpki.

use jiff::Timestamp;
use std::net::IpAddr;

const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

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
    /// Parses a certificate; unreadable parts are left out.
    pub(super) fn of(der: &[u8]) -> Self {
        read(der).unwrap_or_default()
    }

    /// Whether it is self-signed.
    pub(super) fn self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

impl std::fmt::Display for CertificateFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or_none = |text: &str| {
            if text.is_empty() {
                "without a name".into()
            } else {
                text.to_owned()
            }
        };
        write!(f, "{}", or_none(&self.subject))?;
        if !self.names.is_empty() {
            write!(f, " for {}", self.names.join(", "))?;
        }
        if let Some((from, to)) = self.validity {
            write!(
                f,
                ", valid from {} to {}",
                from.strftime("%Y-%m-%d"),
                to.strftime("%Y-%m-%d")
            )?;
        }
        write!(
            f,
            ", issued by {}",
            if self.self_signed() {
                "itself".into()
            } else {
                or_none(&self.issuer)
            }
        )
    }
}

fn read(der: &[u8]) -> Option<CertificateFacts> {
    let mut certificate = Der(Der(der).take(SEQUENCE)?);
    let mut body = Der(certificate.take(SEQUENCE)?);
    body.take(0xa0); // version
    body.next()?; // serial number
    body.next()?; // signature algorithm
    let issuer = name(body.take(SEQUENCE)?);
    let mut validity = Der(body.take(SEQUENCE)?);
    let validity = validity.time().zip(validity.time());
    let subject = name(body.take(SEQUENCE)?);
    let mut names = Vec::new();
    while let Some((tag, content)) = body.next() {
        if tag == 0xa3 {
            names = alternative_names(content).unwrap_or_default();
        }
    }
    Some(CertificateFacts {
        subject,
        issuer,
        validity,
        names,
    })
}

/// The common name, else the organisation.
fn name(content: &[u8]) -> String {
    let part = |wanted: &[u8]| {
        let mut sets = Der(content);
        std::iter::from_fn(|| sets.next()).find_map(|(_, set)| {
            let mut attribute = Der(Der(set).take(SEQUENCE)?);
            let (_, id) = attribute.next()?;
            let (_, value) = attribute.next()?;
            (id == wanted).then(|| String::from_utf8_lossy(value).into_owned())
        })
    };
    part(COMMON_NAME)
        .or_else(|| part(ORGANISATION))
        .unwrap_or_default()
}

fn alternative_names(content: &[u8]) -> Option<Vec<String>> {
    let mut extensions = Der(Der(content).take(SEQUENCE)?);
    let mut names = Vec::new();
    while let Some(extension) = extensions.take(SEQUENCE) {
        let mut extension = Der(extension);
        if extension.next()?.1 != ALTERNATIVE_NAMES {
            continue;
        }
        while let Some((tag, value)) = extension.next() {
            let mut list = Der(if tag == OCTETS {
                Der(value).take(SEQUENCE)?
            } else {
                &[]
            });
            while let Some((tag, value)) = list.next() {
                match tag {
                    0x82 => names.push(String::from_utf8_lossy(value).into_owned()),
                    0x87 => names.extend(address(value)),
                    _ => {}
                }
            }
        }
    }
    Some(names)
}

fn address(bytes: &[u8]) -> Option<String> {
    let address = <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
    address.ok().map(|address| address.to_string())
}

/// A reader of tag, length, value.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, length, rest @ ..] = self.0 else {
            return None;
        };
        let (length, rest) = match length {
            ..=0x7f => (usize::from(*length), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
                let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next value, if it has this tag; otherwise nothing is consumed.
    fn take(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let before = self.0;
        match self.next() {
            Some((tag, content)) if tag == wanted => Some(content),
            _ => {
                self.0 = before;
                None
            }
        }
    }

    fn time(&mut self) -> Option<Timestamp> {
        let (tag, text) = self.next()?;
        let text = std::str::from_utf8(text).ok()?;
        // Years of two digits are those from 1950 to 2049 (RFC 5280, 4.1.2.5.1).
        let text = match (tag, text.get(..2)?.parse::<u8>().ok()?) {
            (UTC_TIME, 50..) => format!("19{text}"),
            (UTC_TIME, _) => format!("20{text}"),
            _ => text.to_owned(),
        };
        Timestamp::strptime("%Y%m%d%H%M%S%z", text.replace('Z', "+0000")).ok()
    }
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
