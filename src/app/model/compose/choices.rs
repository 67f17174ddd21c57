//! The choice lists of the Compose pane: payload sources, kinds, copy formats, and confirmations before something is
//! lost.

use super::composer::Composer;
use super::next::Then;
use crate::model::figures::listed;
use crate::model::turned::turned;
use natsbridge_engine::{ColumnPreview, CopyFormat, PayloadRow, TablePreview};
use natsbridge_wire::{Cell, ColumnType, DIALECTS, KINDS, Kind, TextEncoding};

/// What a list lets the user choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceKind {
    /// Where the content of a payload comes from; of a new one if `None`.
    Source(Option<usize>),
    /// The kind of a payload.
    Kind(usize),
    /// The dialect.
    Dialect,
    /// The types of the columns of a payload.
    Columns(usize),
    /// The form in which the same send is copied.
    CopyFormat,
    /// What happens to the message before another replaces it.
    Replace(Then),
    /// Whether the message should wait for a connection.
    Wait,
    /// Whether to quit although something would be lost; what would be lost, a few words each.
    Quit(Vec<String>),
}

/// A row to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it does or is.
    pub label: String,
    /// Its value, in a column of its own; mostly empty.
    pub value: String,
    /// What explains it.
    pub note: String,
    /// Whether it is the current choice.
    pub current: bool,
}

/// A list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceList {
    /// Its title.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Choice>,
    /// Hints below it.
    pub foot: Vec<String>,
}

impl ChoiceList {
    /// A list without hints.
    fn new(title: impl Into<String>, rows: Vec<Choice>) -> Self {
        Self {
            title: title.into(),
            rows,
            foot: vec![],
        }
    }
}

/// Where the content of a payload may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentOrigin {
    /// Typed here.
    Typed,
    /// Written in an external editor.
    Editor,
    /// A file.
    File,
    /// Pasted.
    Clipboard,
    /// The payload that the inspector shows.
    Captured,
}

impl ContentOrigin {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::Typed,
        Self::File,
        Self::Editor,
        Self::Clipboard,
        Self::Captured,
    ];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Typed => ("Type text here", "{{uuid}}, {{now}}, {{count}} are filled in"),
            Self::File => ("A file", "read on sending; rows become a table"),
            Self::Editor => ("Text from an external editor", "$VISUAL or $EDITOR"),
            Self::Clipboard => ("The clipboard", "paste as usual in your terminal"),
            Self::Captured => ("The payload in the inspector", "its exact bytes"),
        }
    }
}

/// Possible answers before something is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Goes back.
    Stay,
    /// Saves the message first.
    Save,
    /// Goes on, and loses it.
    Lose,
}

impl Answer {
    /// The answers that make sense, the harmless one first; saving is only offered if there is something to save.
    pub fn offered(composer: &Composer) -> Vec<Self> {
        if composer.would_be_lost() {
            vec![Self::Stay, Self::Save, Self::Lose]
        } else {
            vec![Self::Stay, Self::Lose]
        }
    }
}

impl ChoiceKind {
    /// The list as it stands now.
    pub fn list(&self, composer: &Composer) -> ChoiceList {
        match self {
            Self::Source(at) => sources(*at, composer),
            Self::Kind(at) => kinds(*at, composer),
            Self::Dialect => dialects(composer),
            Self::Columns(at) => columns(*at, composer),
            Self::CopyFormat => copies(),
            Self::Replace(_) => {
                let labels = ["Keep editing it", "Save it as a draft first", "Discard it"];
                let title = "This message has not been sent or saved";
                ChoiceList::new(title, answers(labels, composer))
            }
            Self::Wait => {
                let labels = ["Do not send it", "Send it once connected"];
                let rows = labels.map(|label| choice(label, "", false));
                ChoiceList::new("Not connected", rows.into())
            }
            Self::Quit(losses) => {
                let labels = ["Stay", "Save the message as a draft first", "Quit"];
                ChoiceList {
                    foot: vec![format!("Quitting would discard {}.", listed(losses))],
                    ..ChoiceList::new("Quit?", answers(labels, composer))
                }
            }
        }
    }

    /// How many rows the list has.
    pub(crate) fn rows(&self, composer: &Composer) -> usize {
        self.list(composer).rows.len()
    }
}

fn choice(label: impl Into<String>, note: impl Into<String>, current: bool) -> Choice {
    Choice {
        label: label.into(),
        value: String::new(),
        note: note.into(),
        current,
    }
}

fn answers(labels: [&str; 3], composer: &Composer) -> Vec<Choice> {
    let label = |answer| labels[answer as usize];
    let offered = Answer::offered(composer).into_iter();
    offered.map(|answer| choice(label(answer), "", false)).collect()
}

/// A title about a payload.
fn about(what: &str, row: Option<&PayloadRow>) -> String {
    row.map_or_else(|| what.to_owned(), |row| format!("{what} of {}", row.name))
}

fn sources(at: Option<usize>, composer: &Composer) -> ChoiceList {
    let row = at.and_then(|at| composer.message.payloads.get(at));
    let title = row.map_or_else(|| "Add a payload".into(), |row| about("Content", Some(row)));
    let words = ContentOrigin::ALL.iter().map(|origin| origin.words());
    let rows = words.map(|(label, note)| choice(label, note, false));
    ChoiceList::new(title, rows.collect())
}

fn kinds(at: usize, composer: &Composer) -> ChoiceList {
    let now = composer.message.payloads.get(at);
    let is = |kind| now.is_some_and(|now| now.kind == kind);
    let rows = KINDS.iter().map(|row| choice(row.name, row.about, is(row.kind)));
    ChoiceList::new(about("Kind", now), rows.collect())
}

fn dialects(composer: &Composer) -> ChoiceList {
    let now = composer.message.dialect;
    let rows = DIALECTS
        .iter()
        .map(|row| choice(row.name, row.about, row.dialect == now));
    ChoiceList::new("Dialect", rows.collect())
}

fn copies() -> ChoiceList {
    let rows = CopyFormat::ALL
        .iter()
        .map(|form| choice(form.name(), form.about(), false));
    ChoiceList {
        foot: vec!["It is shown first, then copied to the clipboard or saved to a file.".into()],
        ..ChoiceList::new("Copy this send as", rows.collect())
    }
}

fn columns(at: usize, composer: &Composer) -> ChoiceList {
    let row = composer.message.payloads.get(at);
    let plan = composer.planning.plan.as_ref();
    let table = plan.and_then(|plan| plan.payloads.get(at)?.table.as_ref());
    let columns = table.into_iter().flat_map(|table| &table.columns);
    let chosen = |name: &str| row.is_some_and(|row| row.types.iter().any(|(column, _)| column == name));
    let columns = columns.map(|column| Choice {
        value: column.type_name.clone(),
        ..choice(&*column.name, taken_for(column), chosen(&column.name))
    });
    let encoding = row.filter(|_| has_encoding(composer, at)).map(|row| Choice {
        value: row.encoding.map_or("found out", TextEncoding::name).into(),
        ..choice("(encoding of the rows)", "", row.encoding.is_some())
    });
    let trouble = plan.and_then(|plan| plan.trouble.as_ref());
    let mut foot: Vec<String> = trouble.map(|trouble| trouble.text.clone()).into_iter().collect();
    let notes = table.into_iter().flat_map(|table| &table.notes);
    foot.extend(notes.map(|note| format!("{note}.")));
    foot.push("Space or ← → picks another type; columns left alone get their type from the values.".into());
    ChoiceList {
        foot,
        ..ChoiceList::new(about("Columns", row), columns.chain(encoding).collect())
    }
}

/// Whether the list of columns of a payload ends with the encoding of its rows: they are text that becomes a table.
pub fn has_encoding(composer: &Composer, at: usize) -> bool {
    let row = composer.message.payloads.get(at);
    let plan = composer.planning.plan.as_ref();
    let table = plan.and_then(|plan| plan.payloads.get(at)?.table.as_ref());
    let inferred = |table: &TablePreview| table.columns.iter().any(|column| !column.because.is_empty());
    row.is_some_and(|row| row.kind == Kind::Table) && table.is_none_or(inferred)
}

/// Why a column has its type, and its first values.
fn taken_for(column: &ColumnPreview) -> String {
    let values = first_values(&column.values);
    match &*column.because {
        "" => values,
        because => format!("{because}: {values}"),
    }
}

/// The first values of a column, formatted for display.
fn first_values(values: &[Cell]) -> String {
    let words = values.iter().map(|cell| match cell {
        Cell::Null => "∅",
        Cell::Text(text) => text,
    });
    words.collect::<Vec<_>>().join("  ")
}

/// The encoding after (or before) the current one; `None` is to be found out.
pub fn next_encoding(now: Option<TextEncoding>, forward: bool) -> Option<TextEncoding> {
    let found_out = std::iter::once(None);
    let all: Vec<_> = found_out
        .chain(TextEncoding::ALL.iter().copied().map(Some))
        .collect();
    turned(&all, now, forward)
}

/// The type after (or before) the current one of a column.
pub fn next_type(now: Option<ColumnType>, forward: bool) -> ColumnType {
    let all = ColumnType::ALL;
    match now {
        Some(now) => turned(all, now, forward),
        None if forward => all[0],
        None => all[all.len() - 1],
    }
}
