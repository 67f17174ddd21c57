//! Which connections only read: none, all, or those of some contexts.

/// Which connections only read: over them nothing is published, uploaded or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReadOnly {
    /// None.
    #[default]
    Never,
    /// Those of these contexts.
    Contexts(Vec<String>),
    /// All.
    Always,
}

impl ReadOnly {
    /// Whether a connection only reads, by the context it comes from.
    pub fn covers(&self, context: Option<&str>) -> bool {
        match self {
            Self::Never => false,
            Self::Contexts(names) => context.is_some_and(|name| names.iter().any(|one| one == name)),
            Self::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_without_context_is_covered_by_always_only() {
        let some = ReadOnly::Contexts(vec!["prod".into()]);
        assert!(some.covers(Some("prod")) && !some.covers(Some("test")) && !some.covers(None));
        assert!(ReadOnly::Always.covers(None) && !ReadOnly::Never.covers(Some("prod")));
    }
}
