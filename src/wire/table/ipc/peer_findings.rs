//! What a table's schema means for other readers: types that JavaScript or Julia cannot read, repeated names.

use super::layout::children;
use super::prescan::PATH;
use crate::findings::{Code, Finding};
use crate::table::cells::{Extension, does_julia_know, does_pyarrow_know, find_zone};
use arrow::datatypes::{DataType, Field, IntervalUnit, Schema, TimeUnit};
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
        collect(column, &mut own);
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

fn collect(field: &Field, problems: &mut Vec<(Code, &'static str)>) {
    let is_local = Extension::of(field) == Extension::JuliaZoned;
    collect_type(field.data_type(), is_local, problems);
}

fn collect_type(data_type: &DataType, is_local: bool, problems: &mut Vec<(Code, &'static str)>) {
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
        DataType::Timestamp(_, Some(zone)) if !does_julia_know(zone) => {
            Some((Code::ArrowLegacyZone, "a time zone that Julia refuses"))
        }
        _ => None,
    };
    problems.extend(trouble);
    if let DataType::Timestamp(unit, zone) = data_type {
        if is_fine(*unit) {
            problems.push((Code::ArrowFineTimes, "timestamps finer than milliseconds"));
        }
        if zone
            .as_deref()
            .is_some_and(|zone| !is_unknown(zone) && !does_pyarrow_know(zone))
        {
            problems.push((
                Code::ArrowZoneSpelling,
                "a time zone in a spelling that pyarrow refuses",
            ));
        }
        if is_local && zone.is_some() {
            problems.push((
                Code::ArrowLocalTimes,
                "clock times of their zone, stored as if they were UTC",
            ));
        }
    }
    if let DataType::Dictionary(_, values) = data_type {
        collect_type(values, is_local, problems);
    }
    for field in children(data_type) {
        collect(field, problems);
    }
}

/// Whether the time zone database, where this machine has one, does not hold the zone.
fn is_unknown(zone: &str) -> bool {
    find_zone(zone).is_none() && !jiff::tz::db().is_definitively_empty()
}

fn is_fine(unit: TimeUnit) -> bool {
    matches!(unit, TimeUnit::Microsecond | TimeUnit::Nanosecond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;
    use crate::table::{Cell, Table};

    /// What a table that Julia wrote, or read, shows first, and what is told of it.
    fn first(bytes: &'static [u8]) -> (String, Vec<Code>) {
        let mut findings = Vec::new();
        let table = Table::open(&bytes.into(), &Limits::DEFAULT, &mut findings).unwrap();
        let Cell::Text(text) = table.cell(0, 0) else {
            panic!("no value")
        };
        (text, findings.iter().map(|finding| finding.code).collect())
    }

    macro_rules! julia {
        ($name:literal) => {
            &include_bytes!(concat!("../../../../tests/fixtures/field/julia/", $name))[..]
        };
    }

    #[test]
    fn times_of_julia_are_shown_as_they_are_meant() {
        for (bytes, text, codes) in [
            (
                julia!("j_z23.arrow"),
                "2026-07-01T12:00:00.000+02:00",
                &[Code::ArrowLocalTimes][..],
            ),
            (
                julia!("j_off28.arrow"),
                "2026-07-01T12:00:00.000+02:00",
                &[Code::ArrowZoneSpelling],
            ),
            (julia!("j_tm28.arrow"), "01:02:03", &[]),
        ] {
            assert_eq!(first(bytes), (text.to_owned(), codes.to_vec()));
        }
    }

    #[test]
    fn zones_that_julia_refuses_are_told() {
        for (bytes, refused) in [
            (julia!("America_New_York.arrow"), false),
            (julia!("Europe_Berlin.arrow"), false),
            (julia!("GMT.arrow"), false),
            (julia!("Europe_Kiev.arrow"), true),
            (julia!("Japan.arrow"), true),
            (julia!("US_Eastern.arrow"), true),
        ] {
            let (text, codes) = first(bytes);
            assert_eq!(
                codes.contains(&Code::ArrowLegacyZone),
                refused,
                "{text} {codes:?}"
            );
        }
    }
}
