//! The content of each row of the form: label, values, what is at its end, errors.

use crate::look::Role;
use crate::paint::field;
use crate::panes::contract::Scene;
use natsbridge_app::{Action, Cell, Composer, EditMode, Field, FormRow, count, size, stage_text, text_words};
use natsbridge_engine::{PayloadRow, Source, counted};
use natsbridge_wire::{Severity, Transport};

/// Cells of the kinds.
pub const KIND: usize = 11;

/// A piece of a row.
pub struct Part {
    /// Its clean text.
    pub text: String,
    /// Its role.
    pub role: Role,
    /// Its cells, where it is a column.
    pub width: Option<usize>,
    /// The cell of a payload's row that it is.
    pub cell: Option<Cell>,
    /// Whether it is a path, whose file name matters when it is truncated.
    pub path: bool,
}

/// A row of the form, clean for the screen.
pub struct Row {
    /// The word before it.
    pub label: String,
    /// Its role.
    pub label_role: Role,
    /// What stands beside it.
    pub cells: Vec<Part>,
    /// What stands at its end.
    pub end: Vec<(String, Role)>,
    /// What is wrong there.
    pub fault: Option<(Severity, String)>,
}

fn part(text: impl Into<String>, role: Role) -> Part {
    Part {
        text: text.into(),
        role,
        width: None,
        cell: None,
        path: false,
    }
}

/// What stands in a row.
pub fn row(scene: Scene<'_>, spot: FormRow) -> Row {
    let composer = &scene.state.compose;
    let mut row = Row {
        label: String::new(),
        label_role: Role::Dim,
        cells: vec![],
        end: vec![],
        fault: fault(composer, spot),
    };
    match spot {
        FormRow::Field(which) => field_row(composer, which, &mut row),
        FormRow::More => {
            row.label = if composer.unfolded { "▾ more" } else { "▸ more" }.into();
            if !composer.unfolded {
                let folded = composer.folded();
                let words = folded
                    .iter()
                    .map(|(label, value)| format!("{label} {}", clean(value)));
                let words = words.collect::<Vec<_>>().join(" · ");
                row.cells.push(if words.is_empty() {
                    part("dialect, metadata, headers, rate", Role::Dim)
                } else {
                    part(words, Role::Text)
                });
            }
        }
        FormRow::Payload(at) => {
            if let Some(payload) = composer.message.payloads.get(at) {
                payload_row(composer, at, payload, &mut row);
            }
        }
        FormRow::Add => {
            row.label = "+ add".into();
            row.label_role = Role::Accent;
            if composer.message.payloads.is_empty() && row.fault.is_none() {
                row.cells.push(part("text, a file, the clipboard", Role::Dim));
            }
        }
        FormRow::Send => {
            row.label = if composer.settings.request {
                "▶ request"
            } else {
                "▶ send"
            }
            .into();
            row.label_role = Role::Accent;
            let words = composer.settings.words();
            row.cells.push(if words.is_empty() {
                let key = |action| scene.look.key(action);
                let (send, dry) = (key(Action::SendMessage), key(Action::DryRun));
                part(format!("{send} sends · {dry} shows the bytes"), Role::Dim)
            } else {
                part(clean(&words), Role::Text)
            });
        }
        FormRow::Responder(id) => {
            let view = composer.responders.iter().find(|view| view.id == id);
            if let Some(view) = view {
                let (mark, role) = if view.listening {
                    ("● answers", Role::Good)
                } else {
                    ("◌ answers", Role::Caution)
                };
                (row.label, row.label_role) = (mark.into(), role);
                row.cells.push(part(clean(&view.subject), Role::Strong));
                let left = view
                    .left
                    .map_or_else(String::new, |left| format!(" · {} left", count(left)));
                let skipped = match view.skipped.all() {
                    0 => String::new(),
                    skipped => format!(" · {} skipped", count(skipped)),
                };
                let answered = format!("{} answered{left}{skipped}", count(view.answered));
                row.cells.push(part(answered, Role::Dim));
                row.fault = view.trouble.as_ref().map(|why| (Severity::Error, clean(why)));
            }
        }
        FormRow::Job(id) => {
            if let Some(job) = composer.jobs.get(id) {
                let (severity, text) = stage_text(job);
                let (mark, role) = mark(severity, job.is_running());
                let time = scene.look.time_of_day(job.since_us);
                row.label = format!("{mark} {}", time.get(..8).unwrap_or_default());
                row.label_role = role;
                // Earlier sends are dimmed so that the newest stands out.
                let newest = composer.jobs.iter().next().is_some_and(|newest| newest.id == id);
                let text_role = match severity {
                    _ if !newest && !job.is_running() => Role::Dim,
                    severity => severity.map_or(Role::Text, Role::from),
                };
                row.cells.push(part(clean(&text), text_role));
                row.cells.push(part(clean(&job.subject), Role::Dim));
            }
        }
    }
    row
}

/// The mark of a sending, and its role.
pub fn mark(severity: Option<Severity>, running: bool) -> (&'static str, Role) {
    match severity {
        None if running => ("◌", Role::Caution),
        None => ("●", Role::Good),
        Some(Severity::Note) => ("○", Role::Dim),
        Some(Severity::Warning) => ("▲", Role::SeverityWarning),
        Some(Severity::Error) => ("✖", Role::SeverityError),
    }
}

fn field_row(composer: &Composer, which: Field, row: &mut Row) {
    let about = which.row();
    row.label = about.label.into();
    let text = composer.field_text(which);
    if text.is_empty() {
        row.cells.push(part(about.empty, Role::Dim));
    } else {
        let shown = if about.edits == EditMode::Text {
            text_words(&text)
        } else {
            text
        };
        row.cells.push(part(clean(&shown), Role::Strong));
    }
    let note = composer.field_note(which);
    if !note.is_empty() {
        row.cells.push(part(note, Role::Dim));
    }
    if which == Field::Subject && !composer.unfolded {
        row.end
            .push((composer.message.dialect.name().to_owned(), Role::Dim));
    }
}

fn payload_row(composer: &Composer, at: usize, payload: &PayloadRow, row: &mut Row) {
    row.label = if payload.name.is_empty() {
        "(no name)".into()
    } else {
        clean(&payload.name)
    };
    row.label_role = Role::Strong;
    row.cells.push(Part {
        width: Some(KIND),
        cell: Some(Cell::Kind),
        ..part(payload.kind.name(), payload.kind.into())
    });
    let (text, role) = content(&payload.source);
    row.cells.push(Part {
        cell: Some(Cell::Content),
        path: matches!(payload.source, Source::File(_)),
        ..part(text, role)
    });
    let planned = composer
        .planning
        .plan
        .as_ref()
        .filter(|_| composer.planning.is_current());
    let planned = planned.and_then(|plan| plan.payloads.get(at));
    match planned {
        Some(planned) => {
            if let Some(rows) = planned.table.as_ref().map(|table| table.rows) {
                row.end.push((format!("{}  ", counted(rows, "row")), Role::Dim));
            }
            if planned.transport == Some(Transport::Link) {
                row.end.push(("⇗ ".into(), Role::Link));
            }
            row.end.push((size(planned.bytes), Role::Text));
        }
        None => {
            if let Some(bytes) = bytes(&payload.source) {
                row.end.push((size(bytes), Role::Dim));
            }
        }
    }
}

/// How a content is shown in the list.
fn content(source: &Source) -> (String, Role) {
    match source {
        Source::Text(text) if text.is_empty() => ("empty; Enter edits it".into(), Role::Dim),
        Source::Text(text) => (clean(&text_words(text)), Role::Text),
        Source::File(path) => (format!("@{}", clean(&path.display().to_string())), Role::Text),
        Source::Bytes { origin, .. } => (format!("from {}", clean(origin)), Role::Text),
        Source::Missing { why } => (clean(why), Role::Caution),
    }
}

/// The size of a content, if it is known without accessing a disk.
fn bytes(source: &Source) -> Option<u64> {
    match source {
        Source::Text(text) => Some(text.len() as u64),
        Source::Bytes { body, .. } => Some(body.len()),
        Source::File(_) | Source::Missing { .. } => None,
    }
}

/// The error of a row: from the form, or else from the plan.
fn fault(composer: &Composer, spot: FormRow) -> Option<(Severity, String)> {
    // An empty message is not an error yet.
    if composer.is_blank() {
        return None;
    }
    let issues = composer
        .issues
        .iter()
        .filter(|issue| FormRow::of(&issue.place) == spot);
    let worst = issues.max_by_key(|issue| issue.severity);
    if let Some(issue) = worst {
        return Some((issue.severity, clean(&issue.text)));
    }
    if let (FormRow::Field(which), Err((wrong, why))) = (spot, composer.settings.read())
        && which == wrong
    {
        return Some((Severity::Error, why));
    }
    let plan = composer
        .planning
        .plan
        .as_ref()
        .filter(|_| composer.planning.is_current())?;
    let trouble = plan.trouble.as_ref()?;
    trouble.place.filter(|place| FormRow::of(place) == spot)?;
    Some((Severity::Error, clean(&trouble.text)))
}

/// The clean form of a text for one field.
fn clean(text: &str) -> String {
    field(text).to_string()
}
