//! The settings as data.

use super::tools::{Highlight, Tools};
use crate::model::actions::Action;
use crate::model::clipboard::Clipboard;
use crate::model::inspector::ImageMode;
use natsbridge_engine::{FetchPolicy, ReadOnly};
use natsbridge_wire::{Ledger, Limits};
use std::path::PathBuf;

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
    /// Over which connections nothing is published, uploaded or deleted.
    pub read_only: ReadOnly,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// How pictures are drawn.
    pub images: ImageMode,
    /// How texts are copied.
    pub clipboard: Clipboard,
    /// Whether the keys pressed are shown.
    pub show_keys: bool,
    /// Limits, the defaults where the file says nothing.
    pub limits: Limits,
    /// Bytes of messages that may lie on disk once memory is used; 0: none, `None`: what there is room for.
    pub spill: Option<u64>,
    /// The folder for them; `None` picks the usual one.
    pub spill_folder: Option<PathBuf>,
    /// Where payloads that go by link are uploaded to, and which links are fetched.
    pub links: LinkSettings,
    /// Keys by action.
    pub keys: Vec<KeyChoice>,
    /// Whether letters of other keyboards count as the US keys in their places.
    pub keys_by_place: bool,
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
            read_only: ReadOnly::Never,
            mouse: true,
            images: ImageMode::Auto,
            clipboard: Clipboard::Auto,
            show_keys: false,
            limits: Limits {
                ledger: Ledger::new(),
                ..Limits::default()
            },
            spill: None,
            spill_folder: None,
            links: LinkSettings::default(),
            keys: vec![],
            keys_by_place: false,
            tools: Tools::default(),
            highlights: vec![],
        }
    }
}
