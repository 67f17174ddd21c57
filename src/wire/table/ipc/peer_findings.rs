//! What a table's schema means for other readers: types that JavaScript or Julia cannot read, repeated names.

use super::layout::children;
use super::prescan::PATH;
use crate::findings::{Code, Finding};
use crate::table::cells::find_zone;
use arrow::datatypes::{DataType, IntervalUnit, Schema, TimeUnit};
use std::collections::{BTreeMap, HashSet};

/// Columns named in one sentence; more are counted.
const NAMED: usize = 4;

/// Adds findings from the schema, one per problem with the columns affected.
pub(super) fn schema_findings(schema: &Schema, findings: &mut Vec<Finding>) {
    let mut problems: BTreeMap<(Code, &str), Vec<&str>> = BTreeMap::new();
    let mut names = HashSet::new();
    for column in schema.fields() {
        let mut own = Vec::new();
        if !names.insert(column.name()) {
            own.push((Code::DuplicateColumn, "several columns with the same name"));
        }
        collect(column.data_type(), &mut own);
        own.sort_unstable();
        own.dedup();
        for trouble in own {
            problems.entry(trouble).or_default().push(column.name());
        }
    }
    for ((code, what), columns) in problems {
        let named = columns.iter().take(NAMED).map(|name| format!("\"{name}\""));
        let named: Vec<_> = named.collect();
        let more = match columns.len() - named.len() {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let word = if columns.len() == 1 { "column" } else { "columns" };
        let message = format!("{what}: {word} {}{more}", named.join(", "));
        findings.push(Finding::new(code, PATH, message));
    }
}

fn collect(data_type: &DataType, problems: &mut Vec<(Code, &'static str)>) {
    let trouble = match data_type {
        DataType::Utf8View | DataType::BinaryView => Some((Code::ArrowViewTypes, "view types")),
        DataType::Decimal32(..) | DataType::Decimal64(..) => {
            Some((Code::ArrowSmallDecimal, "decimals of 32 or 64 bits"))
        }
        DataType::RunEndEncoded(..) => Some((Code::ArrowRunEndEncoded, "run-end encoding")),
        DataType::ListView(_) | DataType::LargeListView(_) => Some((Code::ArrowListView, "list views")),
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            Some((Code::ArrowInterval, "intervals of months, days and nanoseconds"))
        }
        DataType::Timestamp(_, Some(zone)) if is_unknown(zone) => {
            Some((Code::ArrowUnknownZone, "an unknown time zone"))
        }
        DataType::Timestamp(unit, _) | DataType::Time64(unit) | DataType::Duration(unit)
            if is_fine(*unit) =>
        {
            Some((Code::ArrowFineTimes, "times finer than milliseconds"))
        }
        _ => None,
    };
    problems.extend(trouble);
    if let DataType::Dictionary(_, values) = data_type {
        collect(values, problems);
    }
    for field in children(data_type) {
        collect(field.data_type(), problems);
    }
}

/// Whether the time zone database, where this machine has one, does not hold the zone.
fn is_unknown(zone: &str) -> bool {
    find_zone(zone).is_none() && !jiff::tz::db().is_definitively_empty()
}

fn is_fine(unit: TimeUnit) -> bool {
    matches!(unit, TimeUnit::Microsecond | TimeUnit::Nanosecond)
}
