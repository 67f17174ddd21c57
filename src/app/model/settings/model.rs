//! The settings as data.

use super::tools::{Highlight, Tools};
use crate::model::actions::Action;
use crate::model::inspector::ImageMode;
use natsbridge_engine::FetchPolicy;
use natsbridge_wire::Limits;

/// Keys that the settings assign to an action, with their line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChoice {
    /// The action.
    pub action: Action,
    /// Its keys instead of the defaults; an empty list removes them.
    pub keys: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Theme by name; `None` picks `night`, or `mono` where colours are not wanted.
    pub theme: Option<String>,
    /// Patterns subscribed to at start.
    pub subjects: Vec<String>,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// How pictures are drawn.
    pub images: ImageMode,
    /// Limits, the defaults where the file says nothing.
    pub limits: Limits,
    /// Where payloads that go by link are uploaded to, and which links are fetched.
    pub links: LinkSettings,
    /// Keys by action.
    pub keys: Vec<KeyChoice>,
    /// External programs for payloads.
    pub tools: Tools,
    /// Highlight rules for the message list.
    pub highlights: Vec<Highlight>,
}

/// The table `links`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkSettings {
    /// The file server by its name in the registry; `None` picks the default.
    pub fileserver: Option<String>,
    /// Its address; `None` picks the default.
    pub fileserver_url: Option<String>,
    /// Its directory or bucket, where it needs one.
    pub fileserver_place: Option<String>,
    /// Which links are fetched automatically, and which never.
    pub fetch: FetchPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: None,
            subjects: vec![">".into()],
            mouse: true,
            images: ImageMode::Auto,
            limits: Limits::default(),
            links: LinkSettings::default(),
            keys: vec![],
            tools: Tools::default(),
            highlights: vec![],
        }
    }
}
