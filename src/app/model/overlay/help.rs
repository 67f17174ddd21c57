//! The help: what can be done in a place, grouped, narrowed by what is searched for. Data only.

use super::palette::{is_called, rank};
use crate::model::actions::{ACTIONS, Action, ActionSpec, Context, Group, Place};
use crate::model::typing::LineEdit;

/// Where the reader of the help is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HelpAt {
    /// What is searched for.
    pub line: LineEdit,
    /// Whether it is being typed.
    pub typing: bool,
    /// The chosen action.
    pub chosen: usize,
}

/// A line of the help.
#[derive(Debug, Clone, Copy)]
pub enum HelpLine {
    /// A heading.
    Heading(&'static str),
    /// Air.
    Air,
    /// An action.
    Action(&'static ActionSpec),
}

/// The help of a place: its own actions first, then those that work everywhere, by what they are for.
pub fn help(place: Place, query: &str) -> Vec<HelpLine> {
    let own = place.contexts().filter(|context| *context != Context::Everywhere);
    let parts = own.map(|context| (context, Group::Here));
    let everywhere = Group::EVERYWHERE
        .iter()
        .map(|group| (Context::Everywhere, *group));
    let mut lines = Vec::new();
    for (context, group) in parts.chain(everywhere) {
        let rows = ACTIONS
            .iter()
            .filter(|row| (row.context, row.group) == (context, group));
        let mut rows = rows
            .filter(|row| !is_taken(place, row) && is_called(query, row))
            .peekable();
        if rows.peek().is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(HelpLine::Air);
        }
        lines.push(HelpLine::Heading(match group {
            Group::Here => context.title(),
            group => group.title(),
        }));
        lines.extend(rows.map(HelpLine::Action));
    }
    lines
}

/// The actions in the help of a place, in their order.
pub(crate) fn help_actions(place: Place, query: &str) -> Vec<Action> {
    let lines = help(place, query).into_iter();
    let actions = lines.filter_map(|line| match line {
        HelpLine::Action(row) => Some(row.action),
        HelpLine::Heading(_) | HelpLine::Air => None,
    });
    actions.collect()
}

/// The place of the action that fits best among those in the help of a place.
pub(crate) fn best_help(place: Place, query: &str) -> usize {
    let actions = help_actions(place, query).into_iter().enumerate();
    let best = actions.min_by_key(|(_, action)| rank(query, action.row()));
    best.map_or(0, |(at, _)| at)
}

/// Whether the place uses all of its keys for something nearer.
fn is_taken(place: Place, row: &ActionSpec) -> bool {
    let nearer = place.contexts().take_while(|context| *context != row.context);
    let nearer: Vec<Context> = nearer.collect();
    let taken = |key: &str| {
        let mut others = ACTIONS.iter().filter(|other| nearer.contains(&other.context));
        others.any(|other| other.keys.contains(&key))
    };
    !row.keys.is_empty() && row.keys.iter().all(|key| taken(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::actions::Pane;

    #[test]
    fn the_help_is_grouped_and_searched() {
        let place = Place::from(Pane::Timeline);
        let headings = |query: &str| {
            let lines = help(place, query).into_iter();
            let headings = lines.filter_map(|line| match line {
                HelpLine::Heading(text) => Some(text),
                HelpLine::Action(_) | HelpLine::Air => None,
            });
            headings.collect::<Vec<_>>()
        };
        assert_eq!(headings("").len(), 1 + Group::EVERYWHERE.len());
        assert_eq!(headings("mermaid"), ["Timeline"]);
        assert!(help_actions(place, "theme").contains(&Action::Themes));
        let all = help_actions(place, "");
        assert!(all.contains(&Action::CopyConversation) && !all.contains(&Action::CopyPayload));
    }
}
