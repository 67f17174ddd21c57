//! A workbench on a test screen, driven by keys and arriving messages through the real update and draw.

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use jiff::tz::TimeZone;
use natsbridge_app::{
    Appearance, Effect, ImageMode, MessagesMsg, Msg, Progress, Sift, Start, State, Tools, WorkEffect,
};
use natsbridge_engine::{
    ConnectionState, Event, FetchPolicy, Fetcher, Headers, Incoming, LoadCache, SendOptions, ServerInfo,
    Store, SubscriptionId, SubscriptionView,
};
use natsbridge_ui::{
    Colours, Done, ImageMethod, Keymap, Look, PreviewContext, TerminalGraphics, Theme, Themes, Workbench,
    compose_work, describe, input, long_work, open, sift,
};
use natsbridge_wire::{FIELDS, Limits, encode_base64};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::{Arc, Mutex};

/// 2026-11-22 12:01:02.118 UTC.
pub const START_US: i64 = 1_795_348_862_118_000;

/// Every size that a screen has to be drawn at.
pub const SIZES: [(u16, u16); 9] = [
    (120, 40),
    (80, 24),
    (200, 60),
    (40, 10),
    (39, 9),
    (1, 1),
    (3, 1),
    (0, 0),
    (1000, 120),
];

/// A workbench on a test screen, with what the loop would do done at once.
pub struct Bench {
    pub workbench: Workbench,
    pub store: Store,
    pub limits: Arc<Limits>,
    pub terminal: Terminal<TestBackend>,
    pub now_us: i64,
    pub left: Vec<Effect>,
    /// What was downloaded.
    pub fetcher: Fetcher,
    /// What was loaded for the message being written.
    pub cache: Mutex<LoadCache>,
    /// Whether filtering takes its time: what is to be filtered is kept for the test.
    pub slow_filter: bool,
    pub sifts: Vec<Sift>,
}

/// Frames after which views must have what they ask for.
const FRAMES: usize = 8;

impl Bench {
    pub fn new(width: u16, height: u16) -> Self {
        Self::with(width, height, Limits::default())
    }

    pub fn with(width: u16, height: u16, limits: Limits) -> Self {
        Self::themed(
            width,
            height,
            limits,
            Themes::new(natsbridge::cli::built_in_themes()),
            "night",
        )
    }

    /// In one of these themes.
    pub fn themed(width: u16, height: u16, limits: Limits, themes: Themes, theme: &str) -> Self {
        let limits = Arc::new(limits);
        let store = Store::new(limits.clone());
        let look = Look {
            theme: themes.load(theme, Colours::True).expect("there is such a theme"),
            keymap: Keymap::default(),
            zone: TimeZone::UTC,
            colours: Colours::True,
            images: ImageMode::Auto,
            terminal: TerminalGraphics::default(),
        };
        let state = State::new(Start {
            store: store.clone(),
            limits: limits.clone(),
            appearance: Appearance {
                theme: theme.into(),
                themes: themes.names(),
                mouse: true,
                images: ImageMode::Auto,
                shows_keys: false,
            },
            tools: Tools::default(),
            highlights: vec![],
            fetching: FetchPolicy::default(),
            context: None,
            zone: TimeZone::UTC,
            now_us: START_US,
        });
        let mut bench = Self {
            workbench: Workbench::new(state, look, themes),
            store,
            limits,
            terminal: Terminal::new(TestBackend::new(width, height)).expect("a test backend"),
            now_us: START_US,
            left: vec![],
            fetcher: Fetcher::default(),
            cache: Mutex::default(),
            slow_filter: false,
            sifts: vec![],
        };
        bench.tell(Event::Connection(ConnectionState::Connected {
            server: ServerInfo {
                version: "2.15.1".into(),
                address: "127.0.0.1:4222".into(),
                ..ServerInfo::default()
            },
            rtt: Some(std::time::Duration::from_micros(400)),
            silent: false,
        }));
        bench.tell(Event::Subscriptions(vec![SubscriptionView {
            id: SubscriptionId(1),
            pattern: ">".into(),
            paused: false,
            denied: None,
            received: 0,
        }]));
        bench
    }

    pub fn tell(&mut self, event: Event) {
        let effects = self.workbench.update(Msg::Engine(event));
        self.run(effects);
    }

    /// What the loop would tell the state.
    pub fn told(&mut self, message: Msg) {
        let effects = self.workbench.update(message);
        self.run(effects);
    }

    /// Time passes.
    pub fn wait(&mut self, millis: i64) {
        self.now_us += millis * 1000;
        self.tick();
    }

    /// A message arrives and is digested.
    pub fn arrive(&mut self, subject: &str, payload: &[u8]) {
        self.now_us += 183_000;
        self.store.append([Incoming {
            at_us: self.now_us,
            subject,
            reply: None,
            headers: Headers::default(),
            payload,
        }]);
        while self.store.digest_pending(64) > 0 {}
        self.tick();
        self.tell(Event::Store);
    }

    pub fn chat(&mut self, count: usize) {
        for i in 0..count {
            let text = envelope("web-ui", &[("message", "text", format!("Hello {i}").as_bytes())]);
            self.arrive(
                ["/chat/room1", "/chat/room2", "device.cmd"][i % 3],
                text.as_bytes(),
            );
        }
    }

    pub fn tick(&mut self) {
        let effects = self.workbench.update(Msg::Tick(self.now_us));
        self.run(effects);
    }

    /// Keys by name, separated by spaces; one character stands for itself.
    pub fn keys(&mut self, names: &str) -> &mut Self {
        for name in names.split(' ') {
            let effects = input(&mut self.workbench, &Input::Key(key(name)));
            self.run(effects);
        }
        self
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) {
        self.screen();
        let effects = input(
            &mut self.workbench,
            &Input::Mouse(MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            }),
        );
        self.run(effects);
    }

    /// Does what the loop would do: opens messages, does what views wish for, keeps the rest for the test to look at.
    pub fn run(&mut self, effects: Vec<Effect>) {
        for work in self.workbench.take_works() {
            let more = self.workbench.worked(work.run());
            self.run(more);
        }
        for effect in effects {
            match effect {
                Effect::Work(work) => self.work(work),
                other => self.left.push(other),
            }
        }
    }

    fn work(&mut self, work: WorkEffect) {
        match work {
            WorkEffect::Open(seq, payload) => {
                let wanted = (seq, payload);
                if let Some(built) = open(&self.store, wanted, &self.limits, &TimeZone::UTC, &self.fetcher) {
                    let more = self.workbench.show(built);
                    self.run(more);
                }
            }
            WorkEffect::Sift(request) if self.slow_filter => self.sifts.push(request),
            WorkEffect::Sift(request) => {
                let sifted = sift(&self.store, &request);
                self.told(Msg::Messages(MessagesMsg::Sifted(sifted)));
            }
            WorkEffect::Describe(request) => {
                let described = describe(&self.store, &request);
                self.told(Msg::Messages(MessagesMsg::Described(described)));
            }
            WorkEffect::Long(work) => {
                for done in long_work(work, &self.store, &self.limits, &Progress::default()) {
                    match done {
                        Done::Sheet(sheet) => {
                            let more = self.workbench.lay(sheet);
                            self.run(more);
                        }
                        Done::Told(message) => self.told(message),
                        _ => panic!("long work hands in sheets and messages"),
                    }
                }
            }
            WorkEffect::Compose(work) => {
                let message = compose_work(work, &SendOptions::default(), &self.limits, &self.cache);
                self.told(message);
            }
            other => self.left.push(Effect::Work(other)),
        }
    }

    /// Types a text, one key for each character.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = Input::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            let effects = input(&mut self.workbench, &key);
            self.run(effects);
        }
        self
    }

    /// Pastes a text as a terminal does.
    pub fn paste(&mut self, text: &str) {
        let effects = input(&mut self.workbench, &Input::Paste(text.to_owned()));
        self.run(effects);
    }

    /// The screen as lines.
    pub fn screen(&mut self) -> Vec<String> {
        // What is asked for by a frame is done at once and drawn.
        for _ in 0..FRAMES {
            let (workbench, mut effects) = (&mut self.workbench, vec![]);
            self.terminal
                .draw(|frame| effects = workbench.frame(frame))
                .expect("it draws");
            if effects.is_empty() {
                break;
            }
            self.run(effects);
        }
        let buffer = self.terminal.backend().buffer();
        let area = buffer.area;
        (area.top()..area.bottom())
            .map(|y| {
                (area.left()..area.right())
                    .map(|x| buffer[(x, y)].symbol())
                    .collect()
            })
            .collect()
    }

    pub fn shows(&mut self, text: &str) -> bool {
        self.screen().iter().any(|line| line.contains(text))
    }

    pub fn assert_shows(&mut self, text: &str) {
        let screen = self.screen().join("\n");
        assert!(screen.contains(text), "{text:?} is not on this screen:\n{screen}");
    }
}

/// What a view with the focus draws with where nothing depends on the terminal.
pub fn preview_context(theme: &Theme) -> PreviewContext<'_> {
    PreviewContext {
        theme,
        focused: true,
        colours: Colours::True,
        pictures: ImageMethod::HalfBlocks,
        on_page: false,
    }
}

/// A key by its name.
pub fn key(name: &str) -> KeyEvent {
    let none = KeyModifiers::NONE;
    match name {
        "Enter" => KeyEvent::new(KeyCode::Enter, none),
        "Esc" => KeyEvent::new(KeyCode::Esc, none),
        "Tab" => KeyEvent::new(KeyCode::Tab, none),
        "Space" => KeyEvent::new(KeyCode::Char(' '), none),
        "Up" => KeyEvent::new(KeyCode::Up, none),
        "Left" => KeyEvent::new(KeyCode::Left, none),
        "Right" => KeyEvent::new(KeyCode::Right, none),
        "Down" => KeyEvent::new(KeyCode::Down, none),
        "Backspace" => KeyEvent::new(KeyCode::Backspace, none),
        "PgDn" => KeyEvent::new(KeyCode::PageDown, none),
        "PgUp" => KeyEvent::new(KeyCode::PageUp, none),
        name => match name.strip_prefix("C-").unwrap_or(name).chars().next() {
            Some(c) if name.starts_with("C-") => KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL),
            Some(c) if c.is_uppercase() => KeyEvent::new(KeyCode::Char(c), KeyModifiers::SHIFT),
            Some(c) => KeyEvent::new(KeyCode::Char(c), none),
            None => panic!("no key"),
        },
    }
}

/// An envelope with direct payloads: name, kind, bytes.
pub fn envelope(sender: &str, payloads: &[(&str, &str, &[u8])]) -> String {
    let payloads: Vec<_> = payloads
        .iter()
        .map(|(name, kind, body)| {
            serde_json::json!({
                "id": "1", "dataname": name, "type": kind, "transport": "direct", "encoding": "base64",
                "size": body.len(), "data": encode_base64(body), "metadata": {},
            })
        })
        .collect();
    serde_json::json!({
        "correlationId": "7f3a91c2-0000-4000-8000-000000000000", "msgId": "m", "timestamp": "2026-11-22T12:01:02.118Z",
        "sendTo": "/chat/room1", "msgPurpose": "chat", "senderName": sender, "senderId": "s", "receiverName": "",
        "receiverId": "", "replyTo": "", "replyToMsgId": "", "brokerURL": "nats://127.0.0.1:4222", "metadata": {},
        "payloads": payloads,
    })
    .to_string()
}

/// The same as a peer of v0.5 writes it, which has words for tables of its own.
pub fn envelope_v0_5(sender: &str, payloads: &[(&str, &str, &[u8])]) -> String {
    let text = envelope(sender, payloads).replace("\"type\":", "\"payload_type\":");
    FIELDS.iter().fold(text, |text, row| {
        text.replace(&format!("\"{}\":", row.camel), &format!("\"{}\":", row.snake))
    })
}
