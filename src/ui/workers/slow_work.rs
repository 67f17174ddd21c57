//! Effects that may take long and can be given up: which they are, what the footer says of them, and doing them.

use super::done::Done;
use super::payloads;
use crate::app::{Effect, Msg, Progress};
use crate::engine::{Store, TextSearch};
use crate::ui::preview::difference_sheet;
use crate::wire::Limits;

/// What is being done, as the footer says it; `None` for what is none of these.
pub fn slow(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Compare(..) => "comparing".to_owned(),
        Effect::Find(text) => format!("searching for {text}"),
        Effect::ViewAs(_, kind) => format!("reading it as {}", kind.name()),
        Effect::Pipe(_, command) => format!("running {command}"),
        Effect::PlotValue { path, .. } => format!("plotting {path}"),
        _ => return None,
    })
}

/// Does one of these.
pub fn slow_work(effect: Effect, store: &Store, limits: &Limits, progress: &Progress) -> Vec<Done> {
    match effect {
        Effect::Compare(title, first, second) => {
            vec![Done::Sheet(difference_sheet(title, &first, &second, limits))]
        }
        Effect::Find(text) => {
            let until = store.range().end;
            let found = match TextSearch::new(&text) {
                Some(search) => store.find(&search, progress),
                None => Some(vec![]),
            };
            let found = found.map(|found| Done::Told(Msg::Found(found, until)));
            found.into_iter().collect()
        }
        Effect::ViewAs(shown, kind) => payloads::view_as(*shown, kind, limits),
        Effect::Pipe(shown, command) => payloads::pipe(*shown, &command, limits, progress),
        Effect::PlotValue { path, subject, seqs } => {
            payloads::plot_value(store, (&subject, &seqs), &path, limits, progress)
        }
        _ => vec![],
    }
}
