//! The checks of tables: Arrow streams and rows of JSON.
//! What stands in an Arrow stream is found where it is read.

use super::contract::{ARROW, Check, Family, JULIA, Lines, NODE, PYTHON, Reads, effect};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::TableIsJson,
        title: "A table that is JSON",
        advice: "Send JSON rows as jsontable (or dictionary to 0.4 peers): Arrow readers fail on them.",
        lines: Lines {
            julia: "Arrow.write(io, table)",
            javascript: "tableToIPC(table, \"stream\")",
            python: "pa.ipc.new_stream(sink, table.schema)",
        },
        effects: &[effect(ARROW, Reads::No, "an Arrow reader fails on JSON")],
    },
    Check {
        code: Code::BadJsonTable,
        title: "A jsontable that is not an array of objects",
        advice: "Send a jsontable as a JSON array of objects.",
        lines: Lines {
            julia: "JSON.json([Dict(pairs(row)) for row in Tables.namedtupleiterator(table)])",
            javascript: "JSON.stringify(rows)",
            python: "json.dumps(table.to_pylist())",
        },
        effects: &[],
    },
    Check {
        code: Code::ArrowTruncated,
        title: "Truncated Arrow data",
        advice: "The Arrow data is incomplete: send all bytes of the stream.",
        lines: Lines {
            julia: "take!(io)  # after Arrow.write(io, table)",
            javascript: "await writer.finish()",
            python: "writer.close(); sink.getvalue()",
        },
        effects: &[
            effect(JULIA, Reads::No, "a truncated stream silently reads as 0 rows"),
            effect(PYTHON, Reads::No, "pyarrow refuses a truncated stream"),
            effect(NODE, Reads::No, "rows are missing, or apache-arrow fails"),
        ],
    },
    Check {
        code: Code::ArrowNoEndMark,
        title: "An Arrow stream without its end marker",
        advice: "Close the stream writer so that the end marker is written.",
        lines: Lines {
            julia: "close(writer)",
            javascript: "writer.finish()",
            python: "writer.close()",
        },
        effects: &[],
    },
    Check {
        code: Code::ArrowTrailingBytes,
        title: "Bytes after the Arrow stream",
        advice: "Bytes follow the end of the stream, where most readers never see them: write one stream and \
             nothing after it.",
        lines: Lines::NONE,
        effects: &[effect(
            ARROW,
            Reads::Partly,
            "only the first stream is read, without an error",
        )],
    },
    Check {
        code: Code::ArrowSeveralStreams,
        title: "Several Arrow streams in one payload",
        advice: "Write all batches to one stream: most readers only see the first stream.",
        lines: Lines {
            julia: "Arrow.write(io, Tables.partitioner(tables))",
            javascript: "tableToIPC(new Table(batches), \"stream\")",
            python: "writer.write_batch(batch)  # for each, on one writer",
        },
        effects: &[effect(
            ARROW,
            Reads::Partly,
            "only the first stream is read, without an error",
        )],
    },
    Check {
        code: Code::ArrowFileFraming,
        title: "The Arrow file format",
        advice: "Write the stream format; Python's open_stream refuses the file format.",
        lines: Lines {
            julia: "Arrow.write(io, table)  # an IO gives the stream format",
            javascript: "tableToIPC(table, \"stream\")",
            python: "pa.ipc.new_stream(sink, schema)  # not new_file",
        },
        effects: &[effect(
            PYTHON,
            Reads::Partly,
            "open_stream refuses the file format, open_file reads it",
        )],
    },
    Check {
        code: Code::ArrowCompressed,
        title: "Compressed Arrow buffers",
        advice: "Write uncompressed buffers: JavaScript readers fail on compressed ones.",
        lines: Lines {
            julia: "Arrow.write(io, table)  # without compress=",
            javascript: "tableToIPC(table, \"stream\")",
            python: "pa.ipc.IpcWriteOptions(compression=None)",
        },
        effects: &[effect(
            NODE,
            Reads::No,
            "apache-arrow has no codec for compressed buffers unless one is registered",
        )],
    },
    Check {
        code: Code::ArrowViewTypes,
        title: "Arrow view types",
        advice: "Write Utf8 and Binary columns: older JavaScript and Julia readers fail on view types.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "table.cast(pa.schema([(\"name\", pa.string())]))",
        },
        effects: &[
            effect(
                NODE,
                Reads::Partly,
                "only recent versions of apache-arrow support view types",
            ),
            effect(
                JULIA,
                Reads::Partly,
                "only recent versions of Arrow.jl support view types",
            ),
        ],
    },
    Check {
        code: Code::ArrowDictionaryDelta,
        title: "Delta dictionaries",
        advice: "Some readers do not apply delta dictionaries; write whole dictionaries.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "pa.ipc.IpcWriteOptions(emit_dictionary_deltas=False)",
        },
        effects: &[],
    },
    Check {
        code: Code::ArrowDictionaryReplacement,
        title: "Dictionaries that replace earlier ones",
        advice: "Julia keeps showing the old dictionary's values.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "table.unify_dictionaries()",
        },
        effects: &[effect(
            JULIA,
            Reads::No,
            "the old dictionary's values are silently shown",
        )],
    },
    Check {
        code: Code::ArrowFineTimes,
        title: "Times finer than a millisecond",
        advice: "Cast times to milliseconds for Julia, which silently truncates them.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "column.cast(pa.timestamp(\"ms\"), safe=False)",
        },
        effects: &[effect(
            JULIA,
            Reads::Partly,
            "times are silently truncated to milliseconds",
        )],
    },
    Check {
        code: Code::ArrowUnknownZone,
        title: "An unknown time zone",
        advice: "Use time zone names of the IANA database (Europe/Berlin, UTC, +01:00).",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "column.cast(pa.timestamp(\"ms\", tz=\"UTC\"))",
        },
        effects: &[effect(JULIA, Reads::No, "Arrow.jl refuses unknown zones")],
    },
    Check {
        code: Code::ArrowSmallDecimal,
        title: "Decimals of 32 or 64 bits",
        advice: "Use 128-bit decimals, or floats.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "column.cast(pa.decimal128(18, 2))",
        },
        effects: &[
            effect(JULIA, Reads::No, "Arrow.jl silently reads wrong values"),
            effect(NODE, Reads::No, "apache-arrow reads decimals as 128 bits"),
        ],
    },
    Check {
        code: Code::ArrowWideInteger,
        title: "Integers wider than 64 bits",
        advice: "Write Int64, Float64 or text: only Arrow.jl can read the 128-bit integers it writes.",
        lines: Lines {
            julia: "Arrow.write(io, (id = string.(ids),))",
            javascript: "",
            python: "",
        },
        effects: &[
            effect(
                NODE,
                Reads::No,
                "apache-arrow refuses integers wider than 64 bits",
            ),
            effect(PYTHON, Reads::No, "pyarrow refuses integers wider than 64 bits"),
            effect(&[Family::Ours], Reads::No, ""),
        ],
    },
    Check {
        code: Code::ArrowListView,
        title: "List views",
        advice: "Write ordinary lists.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "column.cast(pa.list_(pa.int64()))",
        },
        effects: &[
            effect(JULIA, Reads::No, "Arrow.jl refuses list views"),
            effect(NODE, Reads::No, "apache-arrow refuses list views"),
        ],
    },
    Check {
        code: Code::ArrowRunEndEncoded,
        title: "Run-end encoding",
        advice: "Write ordinary columns.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "pc.run_end_decode(column)",
        },
        effects: &[
            effect(JULIA, Reads::No, "Arrow.jl refuses run-end encoding"),
            effect(NODE, Reads::No, "apache-arrow refuses run-end encoding"),
        ],
    },
    Check {
        code: Code::ArrowInterval,
        title: "Intervals of months, days and nanoseconds",
        advice: "Write a duration, or the three numbers as columns.",
        lines: Lines {
            julia: "",
            javascript: "",
            python: "pa.array([each.nanoseconds for each in column.to_pylist()], pa.duration(\"ns\"))",
        },
        effects: &[effect(JULIA, Reads::No, "Arrow.jl refuses these intervals")],
    },
    Check {
        code: Code::ArrowInvalid,
        title: "Invalid Arrow data",
        advice: "The data is not valid Arrow: write it with a maintained Arrow library.",
        lines: Lines::NONE,
        effects: &[effect(ARROW, Reads::No, "")],
    },
    Check {
        code: Code::ArrowLimit,
        title: "A table over the limits",
        advice: "The table exceeds the limits; send less, or raise the limit in the settings.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::EmptyTable,
        title: "A table of 0 bytes",
        advice: "The payload has no bytes: write a schema even for a table without rows.",
        lines: Lines {
            julia: "Arrow.write(io, (a = Int[],))",
            javascript: "tableToIPC(table, \"stream\")",
            python: "pa.ipc.new_stream(sink, schema).close()",
        },
        effects: &[
            effect(
                JULIA,
                Reads::Partly,
                "0 bytes silently read as a table without columns",
            ),
            effect(PYTHON, Reads::No, "pyarrow refuses 0 bytes"),
            effect(
                NODE,
                Reads::Partly,
                "0 bytes silently read as a table without columns",
            ),
        ],
    },
    Check {
        code: Code::DuplicateColumn,
        title: "Several columns with the same name",
        advice: "Give each column its own name: readers that look up columns by name show only one of them.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::TableUnsupported,
        title: "A table for a reader without Arrow",
        advice: "Send rows as jsontable (dictionary up to 0.4) to readers without Arrow.",
        lines: Lines::NONE,
        effects: &[],
    },
];
