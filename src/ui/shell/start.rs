//! What a run is started with, and the workbench that it starts with.

use super::memory::{SavedState, Unremembered, recall};
use super::mistakes::first_few;
use super::workbench::Workbench;
use crate::graphics::{Colours, TerminalGraphics};
use crate::look::{Keymap, Look, Theme, Themes};
use jiff::tz::TimeZone;
use natsbridge_app::{Appearance, Effect, MessagesMsg, Msg, Settings, Start, State};
use natsbridge_engine::{Contexts, Fetcher, SendOptions, Session};
use natsbridge_wire::{Limits, Severity};
use std::io;
use std::sync::Arc;

/// What a run is started with.
#[derive(Clone)]
pub struct RunOptions {
    /// The person's settings.
    pub settings: Settings,
    /// Mistakes found in them so far, shown as notices.
    pub mistakes: Vec<String>,
    /// Themes there are.
    pub themes: Themes,
    /// Colours of the terminal.
    pub colours: Colours,
    /// What the terminal can do with pictures.
    pub terminal: TerminalGraphics,
    /// Zone that times are shown in.
    pub zone: TimeZone,
    /// Fetches links.
    pub fetcher: Fetcher,
    /// Sending defaults for messages being written: file server, threshold.
    pub sending: SendOptions,
    /// The contexts there are to choose from.
    pub contexts: Contexts,
    /// The context that the session was started with.
    pub context: Option<String>,
    /// The person's own editor, a command line as `$EDITOR` holds it.
    pub editor: String,
    /// The state saved by an earlier run.
    pub memory: SavedState,
    /// Whether to show the welcome of the first start.
    pub welcome: bool,
    /// Whether to begin with the tour.
    pub tour: bool,
    /// The filter of the message list.
    pub filter: String,
    /// The clock: microseconds since the Unix epoch.
    pub clock: fn() -> i64,
}

/// What reaches the loop from outside the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// End cleanly.
    Quit,
    /// Suspend to the shell.
    Suspend,
    /// Continued: take the terminal again.
    Resume,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The terminal takes no output.
    #[error("cannot draw on the terminal: {0}")]
    Draw(#[from] io::Error),
    /// The terminal gives no input.
    #[error("cannot read from the terminal: {0}")]
    Read(#[source] io::Error),
}

/// A workbench that has just begun.
pub(super) struct Begun {
    /// The workbench.
    pub(super) workbench: Workbench,
    /// The settings without what was remembered.
    pub(super) without: Unremembered,
    /// What is to be done first.
    pub(super) effects: Vec<Effect>,
}

/// The workbench as a run begins: what was remembered and the mistakes of the settings in it; and what that asks for.
pub(super) fn workbench(options: RunOptions, session: &Session, limits: Arc<Limits>) -> Begun {
    let settings = options.settings;
    let (keymap, mistakes) = Keymap::new(&settings.keys);
    let keymap = keymap.by_place(settings.keys_by_place);
    let state = State::new(Start {
        store: session.store.clone(),
        limits,
        appearance: Appearance {
            theme: Themes::first(settings.theme.as_deref(), options.colours),
            themes: options.themes.names(),
            mouse: settings.mouse,
            images: settings.images,
            shows_keys: settings.show_keys,
        },
        tools: settings.tools,
        highlights: settings.highlights,
        fetching: options.fetcher.policy().clone(),
        context: options.context,
        zone: options.zone.clone(),
        now_us: (options.clock)(),
    });
    // A theme that cannot be loaded must not leave the screen bare.
    let fallback = Themes::first(None, options.colours);
    let theme = options.themes.load(&fallback, options.colours);
    let look = Look {
        theme: theme.unwrap_or_else(|_| Theme::plain()),
        keymap,
        zone: options.zone,
        colours: options.colours,
        images: settings.images,
        terminal: options.terminal,
    };
    let mut workbench = Workbench::new(state, look, options.themes);
    let mut effects = vec![];
    for mistake in first_few(options.mistakes.into_iter().chain(mistakes).collect()) {
        effects.extend(workbench.update(Msg::Notice(Severity::Warning, mistake)));
    }
    let without = recall(&mut workbench, options.memory);
    workbench.state.overlay.welcome = options.welcome && !options.tour;
    workbench.state.overlay.tour = options.tour.then_some(0);
    effects.extend(workbench.update(Msg::Messages(MessagesMsg::Filter(options.filter))));
    Begun {
        workbench,
        without,
        effects,
    }
}
