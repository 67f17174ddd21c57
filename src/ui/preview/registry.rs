//! The views of one message, one per payload, then raw bytes and findings.

use super::contract::{Preview, PreviewContext};
use crate::ui::theme::Role;
use crate::wire::{DecodedMessage, Kind, Limits, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// One payload's tab.
pub struct Tab {
    /// The payload's name.
    pub title: SafeText,
    /// Its kind.
    pub kind: Kind,
    /// Its view.
    pub view: Box<dyn Preview>,
}

/// The views of one message.
pub struct Views {
    /// One per payload.
    pub tabs: Vec<Tab>,
    /// The bytes as they came.
    pub raw: Box<dyn Preview>,
    /// What was found.
    pub findings: Box<dyn Preview>,
}

/// One line.
pub struct Facts(pub SafeText);

impl Preview for Facts {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let style = context.theme.style(Role::Text);
        buffer.set_stringn(area.x, area.y, self.0.as_str(), area.width as usize, style);
    }
    fn act(&mut self, _motion: super::contract::Motion) -> bool {
        false
    }
}

/// Builds all views of a message; costs time, so call it off the screen's task.
pub fn build_views(message: &Arc<DecodedMessage>, _limits: &Limits) -> Views {
    let facts = |text: &str| -> Box<dyn Preview> { Box::new(Facts(SafeText::new(text))) };
    Views {
        tabs: message
            .payloads
            .iter()
            .map(|payload| Tab {
                title: SafeText::new(&payload.dataname),
                kind: payload.kind,
                view: facts(&payload.media_type),
            })
            .collect(),
        raw: facts(&format!("{} bytes", message.raw.len())),
        findings: facts(&format!("{} findings", message.findings.len())),
    }
}
