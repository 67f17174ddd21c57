//! The checks of shapes: what of a message is not as it was, as other senders have it, or as a file says. They are found by
//! whoever learns shapes.

use super::contract::{ARROW, Check, JULIA, OTHERS, PYTHON, partly};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::ShapeTypeChanged,
        "A field of another type",
        "Write the type that readers know, or give the field a new name: code that was written for the old type fails or \
             computes something else.",
    )
    .lines(
        "table.score = Float64.(table.score)",
        "vectorFromArray(scores, new Float64())",
        "column.cast(pa.float64())",
    )
    .affects(&[partly(OTHERS, "code that was written for the former type may fail")]),
    Check::new(
        Code::ShapeFieldGone,
        "A field that is missing",
        "Send the field as before, with null where there is no value; if it goes for good, tell those who read it.",
    )
    .lines(
        "Dict(\"rate\" => missing)",
        "JSON.stringify({rate: rate ?? null})",
        "json.dumps({\"rate\": None})",
    )
    .affects(&[
        partly(JULIA, "reading a missing key or column is a KeyError or an ArgumentError"),
        partly(PYTHON, "reading a missing key or column is a KeyError"),
    ]),
    Check::new(
        Code::ShapeFieldNew,
        "A field that is new",
        "Nothing to mend where readers ignore what they do not know: tell those who check messages strictly.",
    ),
    Check::new(
        Code::ShapeOrderChanged,
        "Columns or payloads in another order",
        "Write them in the old order: code that reads by position gets another column.",
    )
    .lines(
        "select(table, :time, :score)",
        "table.select([\"time\", \"score\"])",
        "table.select([\"time\", \"score\"])",
    ),
    Check::new(
        Code::ShapeNullable,
        "Nulls where there were none",
        "Leave out what has no value, or declare the field with nulls for all readers beforehand.",
    )
    .lines(
        "coalesce.(table.score, NaN)",
        "rows.map(row => ({...row, score: row.score ?? 0}))",
        "column.fill_null(0.0)",
    )
    .affects(&[
        partly(JULIA, "the element type becomes Union{Missing, T}: code for plain numbers fails"),
        partly(PYTHON, "pandas turns whole numbers with nulls into floats"),
    ]),
    Check::new(
        Code::ShapeZoneLost,
        "Times that have lost their zone",
        "Write the zone with the column: without it each reader takes the times for its own, or for UTC.",
    )
    .lines(
        "ZonedDateTime.(table.time, tz\"UTC\")",
        "vectorFromArray(times, new TimestampMillisecond(\"UTC\"))",
        "column.cast(pa.timestamp(\"ms\", tz=\"UTC\"))",
    )
    .affects(&[
        partly(ARROW, "times without a zone do not compare with times that have one"),
    ]),
    Check::new(
        Code::ShapeIntegerForFloat,
        "An integer where others send a float",
        "Write a float also where the value is whole.",
    )
    .lines(
        "Float64.(scores)",
        "vectorFromArray(scores, new Float64())",
        "pa.array(scores, pa.float64())",
    )
    .affects(&[
        partly(JULIA, "the element type differs, and writing 0.5 into it is an InexactError"),
        partly(PYTHON, "tables with both types do not concatenate unless types are promoted"),
    ]),
    Check::new(
        Code::ShapeValueNew,
        "A value beyond the known ones",
        "Nothing to mend if it is meant: readers that choose by the value need to know it.",
    ),
    Check::new(
        Code::ShapeSenderDisagrees,
        "A sender that disagrees with the others",
        "Agree on one shape for the subject: readers cannot tell who sent the message before they read it.",
    )
    .affects(&[partly(OTHERS, "code that reads the other senders' messages may fail on this one's")]),
    Check::new(
        Code::ShapeUnitSuspected,
        "Numbers a thousand times larger or smaller",
        "Check the unit: seconds and milliseconds, metres and millimetres. Say it in the field's name or in its metadata.",
    )
    .lines("seconds = milliseconds / 1000", "const seconds = milliseconds / 1000", "seconds = milliseconds / 1000"),
    Check::new(
        Code::ShapeSchemaBroken,
        "A value that its schema does not allow",
        "Send what the schema says, or change the schema in the file of shapes.",
    ),
];
