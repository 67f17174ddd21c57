//! Themes: roles to styles. Widgets ask for a role, never for a colour.

use natsbridge_wire::{Kind, Severity};
use ratatui::style::Style;

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident $key:literal),* $(,)?) => {
        /// What a piece of the screen means; a theme gives it a style.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Role { $($(#[$doc])* $name),* }
        impl Role {
            /// Every role, in declaration order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Its key in a theme file.
            pub fn key(self) -> &'static str { match self { $(Self::$name => $key),* } }
        }
    };
}

roles! {
    /// Ordinary text.
    Text "text",
    /// Text that matters most on screen.
    Strong "strong",
    /// Secondary text.
    Dim "dim",
    /// The background of the whole screen.
    Background "background",
    /// The one accent colour.
    Accent "accent",
    /// Pane borders.
    Border "border",
    /// The focused pane's border.
    BorderFocused "border.focused",
    /// Pane titles.
    Title "title",
    /// The selected row.
    Selection "selection",
    /// The selected row of a pane without focus.
    SelectionDim "selection.dim",
    /// A key in hints and help.
    Key "key",
    /// What a key does.
    Hint "hint",
    /// Column headings.
    Heading "heading",
    /// Null marks.
    Null "null",
    /// Visible symbols in place of control characters.
    Control "control",
    /// A search match.
    Match "match",
    /// Sparklines and gauges.
    Gauge "gauge",
    /// A link payload.
    Link "link",
    /// Connected, done.
    Good "good",
    /// Needs attention.
    Caution "caution",
    /// Broken.
    Bad "bad",
    /// Text kind.
    KindText "kind.text",
    /// Dictionary kind.
    KindDictionary "kind.dictionary",
    /// Table kind.
    KindTable "kind.table",
    /// JSON table kind.
    KindJsonTable "kind.jsontable",
    /// Image kind.
    KindImage "kind.image",
    /// Audio kind.
    KindAudio "kind.audio",
    /// Video kind.
    KindVideo "kind.video",
    /// Binary kind.
    KindBinary "kind.binary",
    /// A note.
    SeverityNote "severity.note",
    /// A warning.
    SeverityWarning "severity.warning",
    /// An error.
    SeverityError "severity.error",
    /// JSON keys.
    JsonKey "json.key",
    /// JSON strings.
    JsonString "json.string",
    /// JSON numbers.
    JsonNumber "json.number",
    /// JSON true, false, null.
    JsonWord "json.word",
    /// Subscription colours, in turn.
    Lane1 "lane.1",
    /// Second lane.
    Lane2 "lane.2",
    /// Third lane.
    Lane3 "lane.3",
    /// Fourth lane.
    Lane4 "lane.4",
}

impl From<Kind> for Role {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::KindText,
            Kind::Dictionary => Self::KindDictionary,
            Kind::Table => Self::KindTable,
            Kind::JsonTable => Self::KindJsonTable,
            Kind::Image => Self::KindImage,
            Kind::Audio => Self::KindAudio,
            Kind::Video => Self::KindVideo,
            Kind::Binary => Self::KindBinary,
        }
    }
}

impl From<Severity> for Role {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Note => Self::SeverityNote,
            Severity::Warning => Self::SeverityWarning,
            Severity::Error => Self::SeverityError,
        }
    }
}

/// A loaded theme.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: Vec<Style>,
}

impl Theme {
    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// A theme from one style per role, in the order of [`Role::ALL`].
    pub fn new(name: impl Into<String>, styles: Vec<Style>) -> Self {
        Self {
            name: name.into(),
            styles,
        }
    }

    /// A theme without any style (every role plain): for tests.
    pub fn plain() -> Self {
        Self {
            name: "plain".into(),
            styles: vec![Style::default(); Role::ALL.len()],
        }
    }
}
