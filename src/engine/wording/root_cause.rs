//! The root cause of an error.

use std::error::Error;

/// The innermost cause: what the system or the peer said, without the layers that passed it on.
pub(crate) fn root(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The error and its causes, from the outside in, including those wrapped in I/O errors.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        match error.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => (*error).source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn what_an_io_error_wraps_is_among_the_causes() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let text = tls.to_string();
        let error = io::Error::other(io::Error::other(tls));
        assert!(causes(&error).any(<dyn Error>::is::<rustls::Error>));
        assert_eq!(root(&error), text);
        let plain = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(root(&plain), plain.to_string());
    }
}
