//! The checks of tables: Arrow streams and rows of JSON.
//! What stands in an Arrow stream is found where it is read.

use super::contract::{ARROW, Check, JULIA, NODE, OURS, PYTHON, no, partly};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::TableIsJson,
        "A table that is JSON",
        "Send JSON rows as jsontable (or dictionary to 0.4 peers): Arrow readers fail on them.",
    )
    .lines(
        "Arrow.write(io, table)",
        "tableToIPC(table, \"stream\")",
        "pa.ipc.new_stream(sink, table.schema)",
    )
    .affects(&[no(ARROW, "an Arrow reader fails on JSON")]),
    Check::new(
        Code::BadJsonTable,
        "A jsontable that is not an array of objects",
        "Send a jsontable as a JSON array of objects.",
    )
    .lines(
        "JSON.json([Dict(pairs(row)) for row in Tables.namedtupleiterator(table)])",
        "JSON.stringify(rows)",
        "json.dumps(table.to_pylist())",
    ),
    Check::new(
        Code::ArrowTruncated,
        "Truncated Arrow data",
        "The Arrow data is incomplete: send all bytes of the stream.",
    )
    .lines(
        "take!(io)  # after Arrow.write(io, table)",
        "await writer.finish()",
        "writer.close(); sink.getvalue()",
    )
    .affects(&[
        no(JULIA, "a truncated stream silently reads as 0 rows"),
        no(PYTHON, "pyarrow refuses a truncated stream"),
        no(NODE, "rows are missing, or apache-arrow fails"),
    ]),
    Check::new(
        Code::ArrowNoEndMark,
        "An Arrow stream without its end marker",
        "Close the stream writer so that the end marker is written.",
    )
    .lines("close(writer)", "writer.finish()", "writer.close()"),
    Check::new(
        Code::ArrowTrailingBytes,
        "Bytes after the Arrow stream",
        "Bytes follow the end of the stream, where most readers never see them: write one stream and \
             nothing after it.",
    )
    .affects(&[partly(ARROW, "only the first stream is read, without an error")]),
    Check::new(
        Code::ArrowSeveralStreams,
        "Several Arrow streams in one payload",
        "Write all batches to one stream: most readers only see the first stream.",
    )
    .lines(
        "Arrow.write(io, Tables.partitioner(tables))",
        "tableToIPC(new Table(batches), \"stream\")",
        "writer.write_batch(batch)  # for each, on one writer",
    )
    .affects(&[partly(ARROW, "only the first stream is read, without an error")]),
    Check::new(
        Code::ArrowFileFraming,
        "The Arrow file format",
        "Write the stream format; Python's open_stream refuses the file format.",
    )
    .lines(
        "Arrow.write(io, table)  # an IO gives the stream format",
        "tableToIPC(table, \"stream\")",
        "pa.ipc.new_stream(sink, schema)  # not new_file",
    )
    .affects(&[partly(
        PYTHON,
        "open_stream refuses the file format, open_file reads it",
    )]),
    Check::new(
        Code::ArrowCompressed,
        "Compressed Arrow buffers",
        "Write uncompressed buffers: JavaScript readers fail on compressed ones.",
    )
    .lines(
        "Arrow.write(io, table)  # without compress=",
        "tableToIPC(table, \"stream\")",
        "pa.ipc.IpcWriteOptions(compression=None)",
    )
    .affects(&[no(
        NODE,
        "apache-arrow has no codec for compressed buffers unless one is registered",
    )]),
    Check::new(
        Code::ArrowViewTypes,
        "Arrow view types",
        "Write Utf8 and Binary columns: older JavaScript and Julia readers fail on view types.",
    )
    .lines("", "", "table.cast(pa.schema([(\"name\", pa.string())]))")
    .affects(&[
        partly(NODE, "only recent versions of apache-arrow support view types"),
        partly(JULIA, "only recent versions of Arrow.jl support view types"),
    ]),
    Check::new(
        Code::ArrowDictionaryDelta,
        "Delta dictionaries",
        "Some readers do not apply delta dictionaries; write whole dictionaries.",
    )
    .lines("", "", "pa.ipc.IpcWriteOptions(emit_dictionary_deltas=False)"),
    Check::new(
        Code::ArrowDictionaryReplacement,
        "Dictionaries that replace earlier ones",
        "Julia keeps showing the old dictionary's values.",
    )
    .lines("", "", "table.unify_dictionaries()")
    .affects(&[no(JULIA, "the old dictionary's values are silently shown")]),
    Check::new(
        Code::ArrowFineTimes,
        "Timestamps finer than a millisecond",
        "Cast timestamps to milliseconds for Julia, which silently truncates them.",
    )
    .lines("", "", "column.cast(pa.timestamp(\"ms\"), safe=False)")
    .affects(&[partly(JULIA, "timestamps are silently truncated to milliseconds")]),
    Check::new(
        Code::ArrowUnknownZone,
        "An unknown time zone",
        "Use time zone names of the IANA database (Europe/Berlin, UTC, +01:00).",
    )
    .lines("", "", "column.cast(pa.timestamp(\"ms\", tz=\"UTC\"))")
    .affects(&[
        no(JULIA, "Arrow.jl refuses unknown zones"),
        no(PYTHON, "pyarrow opens the table and refuses each value of the column"),
    ]),
    Check::new(
        Code::ArrowLegacyZone,
        "A time zone that Julia refuses",
        "Name the zone by its current name (America/New_York, not US/Eastern; UTC, not Etc/UTC) or its offset (UTC+02:00): \
             TimeZones.jl takes no others.",
    )
    .lines(
        "ZonedDateTime(time, tz\"America/New_York\")",
        "",
        "column.cast(pa.timestamp(\"ms\", tz=\"America/New_York\"))",
    )
    .affects(&[no(JULIA, "TimeZones.jl refuses legacy names and all of Etc/")]),
    Check::new(
        Code::ArrowZoneSpelling,
        "A time zone that pyarrow cannot read",
        "Name the zone as the IANA database does (Europe/Berlin, UTC) or write its offset with a colon and no UTC (+02:00): for \
             other spellings pyarrow opens the table and refuses each value.",
    )
    .lines(
        "ZonedDateTime(time, tz\"Europe/Berlin\")",
        "",
        "column.cast(pa.timestamp(\"ms\", tz=\"+02:00\"))",
    )
    .affects(&[no(PYTHON, "pyarrow opens the table and refuses each value of the column")]),
    Check::new(
        Code::ArrowLocalTimes,
        "Zoned times of Arrow.jl before 2.4.2",
        "Update Arrow.jl: before 2.4.2 it stores the clock time of the zone as if it were UTC, and only Julia knows.",
    )
    .lines("pkg\"add Arrow@2.8\"", "", "")
    .affects(&[
        no(NODE, "the clock time is taken for UTC: it is wrong by the zone's offset"),
        no(PYTHON, "the clock time is taken for UTC: it is wrong by the zone's offset"),
    ]),
    Check::new(
        Code::ArrowSmallDecimal,
        "Decimals of 32 or 64 bits",
        "Use 128-bit decimals, or floats.",
    )
    .lines("", "", "column.cast(pa.decimal128(18, 2))")
    .affects(&[
        no(JULIA, "Arrow.jl reads wrong values, or the process ends"),
        no(NODE, "apache-arrow reads decimals as 128 bits"),
    ]),
    Check::new(
        Code::ArrowWideInteger,
        "Integers wider than 64 bits",
        "Write Int64, Float64 or text: only Arrow.jl can read the 128-bit integers it writes.",
    )
    .lines("Arrow.write(io, (id = string.(ids),))", "", "")
    .affects(&[
        no(NODE, "apache-arrow refuses integers wider than 64 bits"),
        no(PYTHON, "pyarrow refuses integers wider than 64 bits"),
        no(OURS, ""),
    ]),
    Check::new(Code::ArrowListView, "List views", "Write ordinary lists.")
        .lines("", "", "column.cast(pa.list_(pa.int64()))")
        .affects(&[
            no(JULIA, "Arrow.jl refuses list views"),
            no(NODE, "apache-arrow refuses list views"),
        ]),
    Check::new(
        Code::ArrowRunEndEncoded,
        "Run-end encoding",
        "Write ordinary columns.",
    )
    .lines("", "", "pc.run_end_decode(column)")
    .affects(&[
        no(JULIA, "Arrow.jl refuses run-end encoding"),
        no(NODE, "apache-arrow refuses run-end encoding"),
    ]),
    Check::new(
        Code::ArrowInterval,
        "Intervals of months, days and nanoseconds",
        "Write a duration, or the three numbers as columns.",
    )
    .lines(
        "",
        "",
        "pa.array([each.nanoseconds for each in column.to_pylist()], pa.duration(\"ns\"))",
    )
    .affects(&[no(JULIA, "Arrow.jl refuses these intervals")]),
    Check::new(
        Code::ArrowUndeclaredNulls,
        "Nulls in a column declared without them",
        "Declare the column with nulls: give the first partition a missing value type too, or write the table as one.",
    )
    .lines(
        "Arrow.write(io, (a = Vector{Union{Missing, Int}}(a),))",
        "",
        "pa.field(\"a\", pa.int64(), nullable=True)",
    )
    .affects(&[partly(
        ARROW,
        "nulls that are not declared are shown, or read as any value",
    )]),
    Check::new(
        Code::ArrowInvalid,
        "Invalid Arrow data",
        "The data is not valid Arrow: write it with a maintained Arrow library.",
    )
    .affects(&[no(ARROW, "")]),
    Check::new(
        Code::ArrowLimit,
        "A table over the limits",
        "The table exceeds the limits; send less, or raise the limit in the settings.",
    ),
    Check::new(
        Code::EmptyTable,
        "A table of 0 bytes",
        "The payload has no bytes: write a schema even for a table without rows.",
    )
    .lines(
        "Arrow.write(io, (a = Int[],))",
        "tableToIPC(table, \"stream\")",
        "pa.ipc.new_stream(sink, schema).close()",
    )
    .affects(&[
        partly(JULIA, "0 bytes silently read as a table without columns"),
        no(PYTHON, "pyarrow refuses 0 bytes"),
        partly(NODE, "0 bytes silently read as a table without columns"),
    ]),
    Check::new(
        Code::DuplicateColumn,
        "Several columns with the same name",
        "Give each column its own name: readers that look up columns by name show only one of them.",
    )
    .affects(&[no(
        JULIA,
        "columns with the same name collapse: each shows the values of the last one",
    )]),
    Check::new(
        Code::TableUnsupported,
        "A table for a reader without Arrow",
        "Send rows as jsontable (dictionary up to 0.4) to readers without Arrow.",
    ),
];
