//! The only way to change the state: a message in, effects out. It never blocks and never fails; errors become
//! notices.

use super::compose::{
    act_while_typing, attend_plan, complete, end_typing, job_reported, refresh_listeners, take_news,
    type_change,
};
use super::connection::{connected, pick_context, recorded, switch};
use super::dispatch::act;
use super::inspector::{attend_links, inspector_message};
use super::messages::{messages_message, narrow_to_cursor, pause, settle};
use super::overlay::{act_on_overlay, attend_tour, complete_prompt, edit, overlay_message};
use super::subjects::{list_streams, subjects_message, take_streams};
use super::timeline::timeline_message;
use crate::model::{
    Action, Effect, Effects, Msg, Origin, Overlay, Pane, Sizes, State, Works, WorksMsg, span,
};
use natsbridge_engine::Event;

/// Work longer than this is reported when it is done, in microseconds.
const TOLD_US: i64 = 3_000_000;

/// Handles one message and returns what is to be done.
#[must_use]
pub fn update(state: &mut State, message: Msg) -> Vec<Effect> {
    let (mut effects, pane) = (Effects::default(), state.focus.pane);
    hand_on(state, message, &mut effects);
    if state.focus.pane == Pane::Inspector && pane != Pane::Inspector && state.messages.selected.is_some() {
        // What is looked into stays there, so that what is saved is what was seen.
        pause(&mut state.messages, &mut state.inspector, state.now_us);
    }
    attend_plan(state, &mut effects);
    attend_tour(state, None);
    tell(state, &mut effects);
    effects.asked
}

/// Shows what was told so far.
fn tell(state: &mut State, effects: &mut Effects) {
    for (severity, text) in effects.told.drain(..) {
        state.notices.push(severity, text, state.now_us);
    }
}

/// Hands a message on to its room.
fn hand_on(state: &mut State, message: Msg, effects: &mut Effects) {
    match message {
        Msg::Engine(event) => engine(state, event, effects),
        Msg::Act(action) => {
            run(state, action, effects);
            attend_links(&mut state.inspector, state.now_us, effects);
        }
        Msg::Edit(change) if state.types_in_form() => type_change(&mut state.compose, &change),
        Msg::Edit(change) => edit(state, &change, effects),
        Msg::Complete if state.overlay.open == Overlay::None => complete(state),
        Msg::Complete => complete_prompt(state, effects),
        Msg::Tick(now_us) => tick(state, now_us, effects),
        Msg::Layout(sizes) => lay_out(state, sizes),
        Msg::Focus(pane) => {
            state.focus.pane = pane;
            if pane != Pane::Compose {
                end_typing(&mut state.compose);
            }
        }
        Msg::Theme(name) => state.appearance.theme = name,
        Msg::Subjects(message) => subjects_message(state, message, effects),
        Msg::Messages(message) => messages_message(state, message, effects),
        Msg::Inspector(message) => inspector_message(state, message, effects),
        Msg::Timeline(message) => timeline_message(state, message, effects),
        Msg::Compose(news) => take_news(state, news, effects),
        Msg::Overlay(message) => {
            if let Some(action) = overlay_message(state, message, effects) {
                act(state, action, effects);
            }
        }
        Msg::Works(message) => works_message(&mut state.works, message, state.now_us, effects),
        Msg::Contexts(names) => pick_context(state, names, effects),
        Msg::Context(name, loaded) => switch(&mut state.connection, name, loaded, effects),
        Msg::Notice(severity, text) => effects.tell(severity, text),
        Msg::Outcome(origin, severity, text) => {
            state.notices.begin(origin);
            effects.tell(severity, text);
            tell(state, effects);
            state.notices.end(true);
        }
    }
}

/// Overlays get the action first.
fn run(state: &mut State, action: Action, effects: &mut Effects) {
    if state.types_in_form() && action != Action::Quit {
        act_while_typing(&mut state.compose, action);
        return;
    }
    let asked = state.overlay.open.purpose();
    let origin = asked.map_or(Origin::Action(action), Origin::Prompt);
    state.notices.begin(origin);
    let chosen = if state.overlay.open == Overlay::None || action == Action::Quit {
        Some(action)
    } else {
        act_on_overlay(state, action, effects)
    };
    if let Some(action) = chosen {
        // What was told until here answers the prompt.
        tell(state, effects);
        state.notices.begin(Origin::Action(action));
        act(state, action, effects);
    }
    tell(state, effects);
    // While a prompt asks again, the reason stays visible.
    let asks_on = asked.is_some() && state.overlay.open.purpose() == asked;
    state.notices.end(!asks_on);
}

fn engine(state: &mut State, event: Event, effects: &mut Effects) {
    match event {
        Event::Store => {
            state.subjects.stale = true;
            state.traffic.look(&state.store);
            settle(state, effects);
            state.timeline.look(&state.store, state.now_us);
            state.subjects.refresh_if_due(&state.store, state.now_us);
        }
        Event::Connection(connection) => connected(state, connection, effects),
        Event::Subscriptions(subscriptions) => {
            state.subjects.subscriptions = subscriptions;
            refresh_listeners(&mut state.compose, &state.subjects, &state.store);
            narrow_to_cursor(state, effects);
        }
        Event::Streams(streams) => {
            take_streams(state, streams, effects);
            refresh_listeners(&mut state.compose, &state.subjects, &state.store);
        }
        Event::Recording(view) => recorded(state, view, effects),
        Event::Job(report) => job_reported(&mut state.compose, report, effects),
        Event::Responders(responders) => {
            state.compose.responders = responders;
            refresh_listeners(&mut state.compose, &state.subjects, &state.store);
        }
        Event::Notice(severity, text) => effects.tell(severity, text),
        Event::Ended => effects.note("The session has ended; everything received so far stays here."),
    }
}

fn tick(state: &mut State, now_us: i64, effects: &mut Effects) {
    state.now_us = now_us;
    state.notices.expire(now_us);
    state.traffic.sample(&state.store, now_us);
    state.subjects.refresh_if_due(&state.store, now_us);
    let has_streams = state.connection.has_streams();
    if state.subjects.streams_due(has_streams, now_us) == Some(0) {
        list_streams(state, effects);
    }
    settle(state, effects);
    state.timeline.look(&state.store, now_us);
    attend_links(&mut state.inspector, now_us, effects);
}

fn lay_out(state: &mut State, sizes: Sizes) {
    let (store, now_us) = (&state.store, state.now_us);
    state.messages.page = sizes.messages.max(1);
    state.subjects.is_shown(sizes.subjects, store, now_us);
    state.timeline.lay_out(sizes.timeline, store, now_us);
}

/// Some work was begun, or has ended; it is reported if it took long enough for the user to look away.
fn works_message(works: &mut Works, message: WorksMsg, now_us: i64, effects: &mut Effects) {
    match message {
        WorksMsg::Began(working) => works.begin(working),
        WorksMsg::Ended(progress) => {
            let Some(work) = works.end(&progress) else { return };
            let took_us = now_us - work.since_us;
            // What would be missed tells itself how it went.
            if took_us >= TOLD_US && work.loss.is_none() && !progress.is_cancelled() {
                let took = span(took_us.unsigned_abs());
                effects.note(format!("Finished {} in {took}.", work.doing));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Appearance;
    use crate::model::Edit;
    use crate::model::ImageMode;
    use crate::model::Pane;
    use crate::model::Start;
    use crate::model::TerminalEffect;
    use crate::model::Tools;
    use jiff::tz::TimeZone;
    use natsbridge_engine::{
        Command, FetchPolicy, Store, SubscriptionCommand, SubscriptionId, SubscriptionView,
    };
    use natsbridge_wire::Limits;

    fn workbench() -> State {
        State::new(Start {
            store: Store::new(Limits::default().into()),
            limits: Limits::default().into(),
            appearance: Appearance {
                theme: "night".into(),
                themes: vec!["night".into(), "day".into()],
                mouse: true,
                images: ImageMode::Auto,
                shows_keys: false,
            },
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
            let _ = update(state, Msg::Edit(Edit::Insert(c)));
        }
    }

    #[test]
    fn an_idle_workbench_wants_no_tick() {
        assert_eq!(workbench().next_tick(), None);
    }

    #[test]
    fn a_pattern_is_asked_for_checked_and_subscribed_to() {
        let mut state = workbench();
        let _ = update(&mut state, Msg::Act(Action::Subscribe));
        type_text(&mut state, "a..b");
        assert_eq!(update(&mut state, Msg::Act(Action::Open)), []);
        assert!(
            matches!(state.overlay.verdict, Some(Err(_))) && state.overlay.open.purpose().is_some(),
            "the fault is told in the prompt, which stays"
        );
        let _ = update(&mut state, Msg::Edit(Edit::ClearBack));
        type_text(&mut state, "a.>");
        let effects = update(&mut state, Msg::Act(Action::Open));
        assert_eq!(
            effects,
            [Effect::Session(Command::Subscriptions(SubscriptionCommand::Add(
                "a.>".into()
            )))]
        );
        assert_eq!(state.overlay.open, Overlay::None);
    }

    #[test]
    fn the_palette_runs_what_is_chosen() {
        let mut state = workbench();
        let _ = update(&mut state, Msg::Act(Action::Palette));
        type_text(&mut state, "quit");
        assert_eq!(
            update(&mut state, Msg::Act(Action::Open)),
            [Effect::Terminal(TerminalEffect::Quit)]
        );
    }

    #[test]
    fn the_theme_changes_while_choosing_and_comes_back_on_escape() {
        let mut state = workbench();
        let _ = update(&mut state, Msg::Act(Action::Themes));
        let _ = update(&mut state, Msg::Act(Action::Down));
        assert_eq!(state.appearance.theme, "day");
        let _ = update(&mut state, Msg::Act(Action::Back));
        assert_eq!(state.appearance.theme, "night");
    }

    #[test]
    fn q_goes_back_before_it_quits_and_control_c_quits_at_once() {
        let mut state = workbench();
        let _ = update(&mut state, Msg::Act(Action::Maximise));
        assert_eq!(update(&mut state, Msg::Act(Action::Close)), []);
        assert_eq!(
            update(&mut state, Msg::Act(Action::Close)),
            [Effect::Terminal(TerminalEffect::Quit)]
        );
        let _ = update(&mut state, Msg::Act(Action::Help));
        assert_eq!(
            update(&mut state, Msg::Act(Action::Quit)),
            [Effect::Terminal(TerminalEffect::Quit)]
        );
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
        let _ = update(&mut state, Msg::Engine(Event::Subscriptions(both)));
        let _ = update(&mut state, Msg::Focus(Pane::Subjects));
        let _ = update(&mut state, Msg::Act(Action::Down));
        assert!(
            state.messages.list.is_filtered(),
            "the list is narrowed to the pattern"
        );
        let effects = update(&mut state, Msg::Act(Action::PauseSubscription));
        assert_eq!(
            effects,
            [Effect::Session(Command::Subscriptions(
                SubscriptionCommand::Pause(SubscriptionId(2), true)
            ))]
        );
    }
}
