//! Durations and addresses formatted for display, beside the workbench's own figures. Plain text, no styles.

pub use natsbridge_app::{count, counted, size, span};

/// Whole seconds as people say them: `11 s`, `2 min 5 s`.
pub fn seconds(microseconds: u64) -> String {
    match microseconds / 1_000_000 {
        seconds @ 0..60 => format!("{seconds} s"),
        _ => span(microseconds),
    }
}

/// The address with user names, passwords and tokens hidden: `nats://•••@host:4222`.
pub fn without_credentials(url: &str) -> String {
    url.split(',')
        .map(one_without_credentials)
        .collect::<Vec<_>>()
        .join(",")
}

fn one_without_credentials(url: &str) -> String {
    // Up to the last `@` before the query, so that a password with a slash is hidden too.
    let head = url.find(['?', '#']).unwrap_or(url.len());
    match url[..head].rfind('@') {
        None => url.to_owned(),
        Some(at) => {
            let scheme = url[..at].find("://").map_or(0, |end| end + 3);
            format!("{}•••{}", &url[..scheme], &url[at..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_show() {
        let cases = [
            ("nats://host:4222", "nats://host:4222"),
            ("nats://me:secret@host", "nats://•••@host"),
            ("me:secret@host", "•••@host"),
            ("nats://token@a,tls://u:p/q@b", "nats://•••@a,tls://•••@b"),
            ("http://h/x?mail=a@b", "http://h/x?mail=a@b"),
        ];
        for (url, shown) in cases {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
