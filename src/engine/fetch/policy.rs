//! Which links may be fetched at all, and which without being asked for.

/// The rules of fetching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchPolicy {
    /// Hosts (`host` or `host:port`) whose links are fetched without asking.
    pub allowed_hosts: Vec<String>,
    /// Whether link-local and metadata addresses may be fetched from (never by default).
    pub allow_link_local: bool,
}

impl FetchPolicy {
    /// Whether a link is fetched without anybody asking for it.
    pub fn allows_unasked(&self, _url: &str) -> bool {
        false
    }
}
