//! The plan of what will be sent: direct or link per payload and why, the encoded size against the server's limit,
//! the tables' schemas. Blocks while payloads are read; sends and uploads nothing.

use super::composition::Composition;
use super::error::ComposeError;
use super::load::{Loaded, load_with};
use super::load_cache::LoadCache;
use super::location::Place;
use super::variables::VariableSource;
use crate::bridge::{Draft, SendOptions, Stamp, TransportChoice, draft, reserve};
use crate::doctor::{Surroundings, examine};
use crate::servers::public_address;
use crate::subjects::check_subject;
use crate::wording::grouped;
use natsbridge_wire::{
    Answer, Blob, Cell, DeliveryInfo, Kind, Limits, READERS, ReaderStack, Table, Transport,
};

/// What will go out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Subject, filled.
    pub subject: String,
    /// Payloads in order; none where a payload could not be loaded.
    pub payloads: Vec<PlannedPayload>,
    /// Bytes of the message as it goes over the wire, headers counted; room for links that are not uploaded yet is
    /// counted too. `None` where there is a trouble.
    pub bytes: Option<u64>,
    /// Bytes that the server takes; `None` without one.
    pub most: Option<usize>,
    /// Address of the file server that links will be uploaded to, without secrets; `None` where nothing goes by link.
    pub links_to: Option<String>,
    /// Which peers could read it; empty if it cannot be sent.
    pub readers: Vec<Answer>,
    /// Why it cannot go out, as a sentence.
    pub trouble: Option<Trouble>,
}

/// Why a composition cannot go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The field to mend, where it is one.
    pub place: Option<Place>,
    /// The sentence.
    pub text: String,
}

/// One payload of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPayload {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Bytes, serialized and before base64.
    pub bytes: u64,
    /// How it travels; `None` where the message cannot go out.
    pub transport: Option<Transport>,
    /// The reason for the transport, as a clause; empty if the message cannot be sent.
    pub because: String,
    /// The beginning of a table.
    pub table: Option<TablePreview>,
}

/// The schema of a table and its first rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePreview {
    /// Rows in all.
    pub rows: usize,
    /// Columns in order.
    pub columns: Vec<ColumnPreview>,
    /// What was done about rows that did not fit, a sentence without its full stop each.
    pub notes: Vec<String>,
}

/// One column of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPreview {
    /// Name.
    pub name: String,
    /// Type as people read it.
    pub type_name: String,
    /// Why it has this type, as a clause; empty for a table that was one already.
    pub because: String,
    /// Its first values.
    pub values: Vec<Cell>,
}

/// Plans the sending of a composition over `base` (file server, threshold) to a server that takes messages of `most`
/// bytes, where one is connected.
/// Files that did not change since the last plan with the same cache are not read again.
pub fn plan(
    composition: &Composition,
    fill: &mut VariableSource<'_>,
    base: &SendOptions,
    most: Option<usize>,
    cache: &mut LoadCache,
    limits: &Limits,
) -> Plan {
    match load_with(composition, fill, cache, limits) {
        Ok(loaded) => planned(&loaded, fill, base, most, limits),
        Err(error) => Plan {
            subject: composition.subject.clone(),
            most,
            trouble: Some(trouble(&error)),
            ..Plan::default()
        },
    }
}

fn trouble(error: &ComposeError) -> Trouble {
    Trouble {
        place: error.place(),
        text: format!("{}.", error.to_string().trim_end_matches('.')),
    }
}

fn planned(
    loaded: &Loaded,
    fill: &mut VariableSource<'_>,
    base: &SendOptions,
    most: Option<usize>,
    limits: &Limits,
) -> Plan {
    let options = loaded.composition.options(base);
    let drafted = drafted(loaded, fill, &options, most);
    let payloads = loaded.payloads.iter().enumerate().map(|(index, payload)| {
        let draft = drafted.as_ref().ok();
        let way = draft.and_then(|draft| way(draft, index, &payload.body, &options));
        let (transport, because) = way.unzip();
        PlannedPayload {
            name: payload.dataname.clone(),
            kind: payload.kind,
            bytes: payload.body.len(),
            transport,
            because: because.unwrap_or_default(),
            table: (payload.kind == Kind::Table)
                .then(|| preview(loaded, index, limits))
                .flatten(),
        }
    });
    let mut plan = Plan {
        subject: loaded.composition.subject.clone(),
        payloads: payloads.collect(),
        most,
        ..Plan::default()
    };
    match drafted {
        Ok(mut draft) => {
            let server = public_address(&options.fileserver_url);
            plan.links_to = draft.links().next().map(|_| server);
            plan.bytes = Some(draft.size(&loaded.payloads, &options) + reserve(&options) as u64);
            if draft.read(&loaded.payloads).is_ok() {
                let around = Surroundings {
                    circumstances: DeliveryInfo {
                        subject: &plan.subject,
                        ..DeliveryInfo::default()
                    },
                    ..Surroundings::default()
                };
                let examination = examine(&draft.write(&options), &around, limits);
                let others = READERS.iter().filter(|reader| reader.family != ReaderStack::Ours);
                plan.readers = examination.readers(others);
            }
        }
        Err(error) => plan.trouble = Some(trouble(&error)),
    }
    plan
}

/// The message as it would be drafted for sending.
pub(super) fn drafted(
    loaded: &Loaded,
    fill: &mut VariableSource<'_>,
    options: &SendOptions,
    most: Option<usize>,
) -> Result<Draft, ComposeError> {
    let subject = &loaded.composition.subject;
    check_subject(subject).map_err(|why| ComposeError::Field {
        place: Place::Subject,
        why: why.into(),
    })?;
    let mut stamp = Stamp {
        at: fill.now,
        new_id: fill.new_id,
    };
    let most = most.map(|most| most.saturating_sub(reserve(options)));
    Ok(draft(subject, &loaded.payloads, options, most, &mut stamp)?)
}

/// How a payload travels and why.
fn way(draft: &Draft, index: usize, body: &Blob, options: &SendOptions) -> Option<(Transport, String)> {
    let transport = draft.envelope.payloads.get(index)?.transport;
    let size = grouped(body.len());
    let threshold = grouped(options.size_threshold);
    let because = match options.transport {
        TransportChoice::Direct => "all payloads are sent inside the message".into(),
        TransportChoice::Link => "all payloads are sent by link".into(),
        TransportChoice::Auto if draft.moved.contains(&index) => {
            "moved to a link so that the message fits".into()
        }
        TransportChoice::Auto if transport == Transport::Link => {
            format!("{size} bytes, at or above the threshold of {threshold}")
        }
        TransportChoice::Auto => format!("{size} bytes, below the threshold of {threshold}"),
    };
    Some((transport, because))
}

fn preview(loaded: &Loaded, index: usize, limits: &Limits) -> Option<TablePreview> {
    let body = &loaded.payloads.get(index)?.body;
    let table = Table::open_blob(body, limits, &mut Vec::new()).ok()?;
    let read = loaded.columns.get(index)?;
    let rows = table.num_rows();
    let columns = table
        .columns()
        .iter()
        .enumerate()
        .map(|(at, column)| ColumnPreview {
            name: column.name.clone(),
            type_name: column.type_name.clone(),
            because: read.get(at).map(|read| read.because.clone()).unwrap_or_default(),
            values: (0..rows.min(limits.plan_rows))
                .map(|row| table.cell(row, at))
                .collect(),
        });
    Some(TablePreview {
        rows,
        columns: columns.collect(),
        notes: loaded.notes.get(index).cloned().unwrap_or_default(),
    })
}
