//! The only way to change the state: a message in, effects out. It never blocks and never fails; errors become
//! notices.

use super::compose::act_while_typing;
use super::dispatch::{act, scroll_messages, select};
use super::overlay::{act_on_overlay, choose, edit};
use super::subjects::{click_subject, scroll_subjects};
use super::timeline::timeline_message;
use crate::model::{Action, Effect, Msg, Origin, Overlay, Pane, Purpose, State};
use natsbridge_engine::{ConnectionState, Event};
use natsbridge_wire::Severity;

/// Microseconds between two refreshes of the tree.
const TREE_US: i64 = 250_000;
/// The same where there are very many subjects.
const LARGE_TREE_US: i64 = 1_000_000;
const LARGE_TREE: usize = 10_000;
/// Microseconds between two samples of the rate.
const RATE_US: i64 = 1_000_000;

/// Handles one message and returns what is to be done.
pub fn update(state: &mut State, message: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match message {
        Msg::Engine(event) => engine(state, event, &mut effects),
        Msg::Act(action) => {
            run(state, action, &mut effects);
            state.attend_links(&mut effects);
        }
        Msg::Edit(change) if state.types_in_form() => state.compose.type_change(&change),
        Msg::Edit(change) => edit(state, &change, &mut effects),
        Msg::Tick(now_us) => tick(state, now_us, &mut effects),
        Msg::Opened(opened) => {
            state.decoding &= state.wanted != Some(opened.stored.seq);
            if state.following() || state.wanted == Some(opened.stored.seq) {
                state.opened = Some(opened);
                state.look_at_links();
            }
        }
        Msg::Gone(seq) => {
            if state.wanted == Some(seq) {
                state.decoding = false;
                state.settle(&mut effects);
            }
        }
        Msg::Layout { page, subjects } => {
            state.page = page.max(1);
            if subjects && !state.subjects_shown {
                state.refresh_tree();
            }
            state.subjects_shown = subjects;
        }
        Msg::Focus(pane) => {
            state.focus = pane;
            if pane != Pane::Compose {
                state.compose.end_typing();
            }
        }
        Msg::Select(seq) => select(state, seq, &mut effects),
        Msg::Scroll(rows) => scroll_messages(state, rows, &mut effects),
        Msg::SelectSubject(row) => click_subject(state, row, &mut effects),
        Msg::ScrollSubjects(rows) => scroll_subjects(state, rows, &mut effects),
        Msg::Timeline(message) => timeline_message(state, message, &mut effects),
        Msg::Choose(row) => {
            if let Some(action) = choose(state, row, &mut effects) {
                act(state, action, &mut effects);
            }
        }
        Msg::Tab(tab, view) => {
            (state.tab, state.viewed) = (tab, view);
            state.attend_links(&mut effects);
        }
        Msg::Laid(title, view) => state.sheet = Some((title, view)),
        Msg::Mended(title, opened) => state.mended = Some((title, *opened)),
        Msg::Checked(verdict, words) => {
            state.verdict = Some(verdict);
            state.take_offers(&words);
        }
        Msg::Ask(question, text) => {
            state.prompt(Purpose::View(question), &text, &mut effects);
        }
        Msg::Found(seqs, until) => state.take_matches(seqs, until, &mut effects),
        Msg::Began(working) => state.works.push(working),
        Msg::Ended(progress) => state.work_ended(&progress),
        Msg::LinkFacts(url, facts) => state.learn_link(&url, *facts),
        Msg::Fetched(url, result) => state.fetched(&url, result, &mut effects),
        Msg::Contexts(names) => state.pick_context(names),
        Msg::Context(name, loaded) => state.switch(name, loaded, &mut effects),
        Msg::Compose(news) => state.take_news(news, &mut effects),
        Msg::Notice(severity, text) => state.tell(severity, text),
        Msg::Outcome(origin, severity, text) => {
            state.notices.begin(origin);
            state.tell(severity, text);
            state.notices.end(true);
        }
    }
    state.attend_compose(&mut effects);
    effects
}

/// Overlays get the action first.
fn run(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if state.types_in_form() && action != Action::Quit {
        act_while_typing(state, action);
        return;
    }
    let asked = state.overlay.purpose();
    let origin = asked.map_or(Origin::Action(action), Origin::Prompt);
    state.notices.begin(origin);
    let chosen = if state.overlay == Overlay::None || action == Action::Quit {
        Some(action)
    } else {
        act_on_overlay(state, action, effects)
    };
    if let Some(action) = chosen {
        state.notices.begin(Origin::Action(action));
        act(state, action, effects);
    }
    // While a prompt asks again, the reason stays visible.
    let asks_on = asked.is_some() && state.overlay.purpose() == asked;
    state.notices.end(!asks_on);
}

fn engine(state: &mut State, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Store => {
            state.stale = true;
            state.counters = state.store.counters();
            state.settle(effects);
            state.look_at_conversations();
            refresh_if_due(state);
        }
        Event::Connection(connection) => {
            if let Some((severity, words)) = connection_words(&connection) {
                state.notices.log(severity, words, state.now_us);
            }
            connected(state, connection, effects);
        }
        Event::Subscriptions(subscriptions) => {
            state.subscriptions = subscriptions;
            state.refresh_listeners();
            state.narrow_to_cursor(effects);
        }
        Event::Streams(streams) => {
            state.take_streams(streams, effects);
            state.refresh_listeners();
        }
        Event::Recording(view) => state.recorded(view),
        Event::Job(report) => state.job_reported(report),
        Event::Responders(responders) => {
            state.compose.responders = responders;
            state.refresh_listeners();
        }
        Event::Notice(severity, text) => state.tell(severity, text),
        Event::Ended => state.tell(
            Severity::Note,
            "The session has ended; everything received so far stays here.",
        ),
    }
}

/// Updates the connection state; a newly connected server is asked for its streams.
fn connected(state: &mut State, connection: ConnectionState, effects: &mut Vec<Effect>) {
    let server = |connection: &ConnectionState| match connection {
        ConnectionState::Connected { server, .. } => Some(server.clone()),
        _ => None,
    };
    let (before, now) = (server(&state.connection), server(&connection));
    if std::mem::discriminant(&state.connection) != std::mem::discriminant(&connection) {
        state.since_us = state.now_us;
    }
    let loaded =
        |connection: &ConnectionState| matches!(connection, ConnectionState::Tape { percent: None, .. });
    if loaded(&connection)
        && !loaded(&state.connection)
        && let Some(seq) = state.wanted
    {
        // The content of its links may come later on the tape.
        state.open(seq, effects);
    }
    state.was_connected |= now.is_some();
    state.connection = connection;
    if now.is_some() && before != now {
        state.list_streams(effects);
    }
}

fn tick(state: &mut State, now_us: i64, effects: &mut Vec<Effect>) {
    state.now_us = now_us;
    state.notices.expire(now_us);
    state.counters = state.store.counters();
    let since = now_us - state.rate_us;
    if !(0..RATE_US).contains(&since) {
        state
            .rate
            .sample(state.counters.received, since.max(0) as f64 / 1e6);
        state.rate_us = now_us;
    }
    refresh_if_due(state);
    if state.streams_due() == Some(0) {
        state.list_streams(effects);
    }
    state.settle(effects);
    state.look_at_conversations();
    state.attend_links(effects);
}

fn refresh_if_due(state: &mut State) {
    let every = if state.tree.len() > LARGE_TREE {
        LARGE_TREE_US
    } else {
        TREE_US
    };
    let due = state
        .tree_us
        .is_none_or(|at| !(0..every).contains(&(state.now_us - at)));
    if due && (state.stale || state.tree.moves()) {
        state.stale = false;
        if state.subjects_shown {
            state.refresh_tree();
        }
    }
}

/// The log line for a change of the connection.
fn connection_words(connection: &ConnectionState) -> Option<(Severity, String)> {
    Some(match connection {
        ConnectionState::Connected {
            server,
            silent: false,
            ..
        } => (
            Severity::Note,
            format!("Connected to {} (version {}).", server.address, server.version),
        ),
        ConnectionState::Connected { server, .. } => (
            Severity::Warning,
            format!("{} is not responding.", server.address),
        ),
        ConnectionState::Lost { address, cause } => {
            (Severity::Error, format!("Connection to {address} lost: {cause}"))
        }
        ConnectionState::Refused { address, cause } => {
            (Severity::Error, format!("Access to {address} denied: {cause}"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Edit;
    use crate::model::ImageMode;
    use crate::model::Pane;
    use crate::model::Start;
    use crate::model::Tools;
    use jiff::tz::TimeZone;
    use natsbridge_engine::{Command, FetchPolicy, Store, SubscriptionId, SubscriptionView};
    use natsbridge_wire::Limits;

    fn workbench() -> State {
        State::new(Start {
            store: Store::new(Limits::default().into()),
            limits: Limits::default().into(),
            theme: "night".into(),
            themes: vec!["night".into(), "day".into()],
            mouse: true,
            images: ImageMode::Auto,
            tools: Tools::default(),
            highlights: vec![],
            fetching: FetchPolicy::default(),
            context: None,
            zone: TimeZone::UTC,
            now_us: 0,
        })
    }

    fn type_text(state: &mut State, text: &str) {
        for c in text.chars() {
            update(state, Msg::Edit(Edit::Insert(c)));
        }
    }

    #[test]
    fn an_idle_workbench_wants_no_tick() {
        assert_eq!(workbench().next_tick(), None);
    }

    #[test]
    fn a_pattern_is_asked_for_checked_and_subscribed_to() {
        let mut state = workbench();
        update(&mut state, Msg::Act(Action::Subscribe));
        type_text(&mut state, "a..b");
        assert_eq!(update(&mut state, Msg::Act(Action::Open)), []);
        assert_eq!(
            state.notices.iter().len(),
            1,
            "the fault is told and the prompt stays"
        );
        update(&mut state, Msg::Edit(Edit::ClearBack));
        type_text(&mut state, "a.>");
        let effects = update(&mut state, Msg::Act(Action::Open));
        assert_eq!(effects, [Effect::Session(Command::Subscribe("a.>".into()))]);
        assert_eq!(state.overlay, Overlay::None);
    }

    #[test]
    fn the_palette_runs_what_is_chosen() {
        let mut state = workbench();
        update(&mut state, Msg::Act(Action::Palette));
        type_text(&mut state, "quit");
        assert_eq!(update(&mut state, Msg::Act(Action::Open)), [Effect::Quit]);
    }

    #[test]
    fn the_theme_changes_while_choosing_and_comes_back_on_escape() {
        let mut state = workbench();
        update(&mut state, Msg::Act(Action::Themes));
        update(&mut state, Msg::Act(Action::Down));
        assert_eq!(state.theme, "day");
        update(&mut state, Msg::Act(Action::Back));
        assert_eq!(state.theme, "night");
    }

    #[test]
    fn q_goes_back_before_it_quits_and_control_c_quits_at_once() {
        let mut state = workbench();
        update(&mut state, Msg::Act(Action::Maximise));
        assert_eq!(update(&mut state, Msg::Act(Action::Close)), []);
        assert_eq!(update(&mut state, Msg::Act(Action::Close)), [Effect::Quit]);
        update(&mut state, Msg::Act(Action::Help));
        assert_eq!(update(&mut state, Msg::Act(Action::Quit)), [Effect::Quit]);
    }

    #[test]
    fn a_subscription_is_paused_where_the_cursor_stands() {
        let mut state = workbench();
        let view = |id, pattern: &str| SubscriptionView {
            id: SubscriptionId(id),
            pattern: pattern.into(),
            paused: false,
            denied: None,
            received: 0,
        };
        let both = vec![view(1, ">"), view(2, "a.>")];
        update(&mut state, Msg::Engine(Event::Subscriptions(both)));
        update(&mut state, Msg::Focus(Pane::Subjects));
        update(&mut state, Msg::Act(Action::Down));
        assert!(state.view.is_filtered(), "the list is narrowed to the pattern");
        let effects = update(&mut state, Msg::Act(Action::PauseSubscription));
        assert_eq!(
            effects,
            [Effect::Session(Command::Pause(SubscriptionId(2), true))]
        );
    }
}
