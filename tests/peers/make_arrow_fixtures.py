"""Writes the Arrow fixtures of tests/fixtures/arrow with pyarrow: the types, framings and codecs that Julia does not write.

Run once by hand (`python tests/peers/make_arrow_fixtures.py tests/fixtures/arrow`); the tests read the files, not this.
"""

import datetime as dt
import decimal
import struct
import sys
from pathlib import Path

import pyarrow as pa
from pyarrow import ipc

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/arrow")


def stream(name, table, options=None, end=True, file=False):
    sink = pa.BufferOutputStream()
    make = ipc.new_file if file else ipc.new_stream
    with make(sink, table.schema, options=options) as writer:
        writer.write_table(table) if isinstance(table, pa.Table) else writer.write_batch(table)
    data = sink.getvalue().to_pybytes()
    (OUT / name).write_bytes(data if end else data[:-8])
    return data


def table(**columns):
    return pa.table(columns)


D = decimal.Decimal
stream("decimals.arrow", table(
    d32=pa.array([D("1.25"), None, D("-0.01")], pa.decimal32(9, 2)),
    d64=pa.array([D("123456789.123"), None, D("-0.001")], pa.decimal64(18, 3)),
    d128=pa.array([D("12345678.90"), None, D("-1.00")], pa.decimal128(10, 2)),
    d256=pa.array([D("9" * 40), None, D("-1")], pa.decimal256(50, 0)),
))
stream("views.arrow", table(
    s=pa.array(["short", None, "a text too long to stand inside its view"], pa.string_view()),
    b=pa.array([b"\x00\xff", None, bytes(range(20))], pa.binary_view()),
))
stream("run-end.arrow", table(
    r=pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 5], pa.int32()), pa.array(["a", None, "b"])),
    n=pa.RunEndEncodedArray.from_arrays(pa.array([4, 5], pa.int16()), pa.array([7, 8])),
))
stream("list-view.arrow", table(
    l=pa.array([[1, 2], None, [], [3]], pa.list_view(pa.int64())),
    big=pa.array([["a"], ["b", None], None, []], pa.large_list_view(pa.string())),
))
stream("large.arrow", table(
    s=pa.array(["x", None], pa.large_string()),
    b=pa.array([b"\x01", None], pa.large_binary()),
    l=pa.array([[1.5], None], pa.large_list(pa.float32())),
))
stream("interval.arrow", table(
    i=pa.array([pa.MonthDayNano([14, -3, 1_500_000]), None, pa.MonthDayNano([0, 0, 0])]),
))
moment = 1_771_769_817_123_456_789
units = [("s", 10**9), ("ms", 10**6), ("us", 10**3), ("ns", 1)]
times = {"d32": pa.array([20506, None], pa.date32()), "d64": pa.array([20506 * 86_400_000, None], pa.date64())}
for unit, factor in units:
    times[f"t_{unit}"] = pa.array([moment // factor, None], pa.timestamp(unit))
    times[f"u_{unit}"] = pa.array([moment // factor, None], pa.timestamp(unit, "UTC"))
    times[f"dur_{unit}"] = pa.array([-90, None], pa.duration(unit))
times["oslo"] = pa.array([moment // 10**6, None], pa.timestamp("ms", "Europe/Oslo"))
times["east"] = pa.array([moment // 10**6, None], pa.timestamp("ms", "+05:30"))
times["nowhere"] = pa.array([0, None], pa.timestamp("s", "Mars/Olympus"))
times["far"] = pa.array([2**62, -(2**62)], pa.timestamp("s"))
day = 51_417_123_456_789
times["c_s"] = pa.array([day // 10**9, None], pa.time32("s"))
times["c_ms"] = pa.array([day // 10**6, None], pa.time32("ms"))
times["c_us"] = pa.array([day // 10**3, None], pa.time64("us"))
times["c_ns"] = pa.array([day, None], pa.time64("ns"))
stream("times.arrow", pa.table(times))

point = pa.struct([("x", pa.int32()), ("tags", pa.list_(pa.string()))])
stream("nested.arrow", table(
    p=pa.array([{"x": 1, "tags": ["a", 'q"q']}, None, {"x": None, "tags": None}], point),
    ll=pa.array([[[1], [2, 3]], [], None], pa.list_(pa.list_(pa.int64()))),
    m=pa.array([[("k", 1), ("k2", None)], [], None], pa.map_(pa.string(), pa.int64())),
    by_number=pa.array([[(1, "one")], None, []], pa.map_(pa.int8(), pa.string())),
    fixed=pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2)),
    fsb=pa.array([b"abc", None, b"\x00\x01\x02"], pa.binary(3)),
))
stream("odd.arrow", table(
    nothing=pa.nulls(3),
    half=pa.array([1.5, float("nan"), None], pa.float16()),
    d=pa.array(["a", None, "a"]).dictionary_encode(),
    b=pa.array([True, None, False]),
    f=pa.array([0.1, float("-inf"), 1e300]),
    f32=pa.array([0.1, float("inf"), -0.0], pa.float32()),
    big=pa.array([2**64 - 1, 2**53 + 1, None], pa.uint64()),
))
mixed = table(
    n=pa.array([i if i % 5 else None for i in range(300)], pa.int64()),
    s=pa.array([f"row {i % 7}" for i in range(300)]),
    d=pa.array([f"key {i % 3}" for i in range(300)]).dictionary_encode(),
)
for codec in ("lz4", "zstd"):
    stream(f"{codec}.arrow", mixed, ipc.IpcWriteOptions(compression=codec))
stream("file.arrow", mixed.slice(0, 20), file=True)
stream("file-zstd.arrow", mixed, ipc.IpcWriteOptions(compression="zstd"), file=True)
stream("no-end-mark.arrow", mixed.slice(0, 20), end=False)
stream("no-columns.arrow", pa.table({}))
stream("empty.arrow", mixed.slice(0, 0))
stream("same-names.arrow", pa.table([pa.array([1]), pa.array(["x"]), pa.array([2.5])], names=["a", "a", "b"]))
stream("uuid.arrow", table(u=pa.array([bytes.fromhex("6f1e0c2b000040008000000000000001")], pa.uuid())))
union = pa.UnionArray.from_dense(
    pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, None]), pa.array(["two"])]
)
sparse = pa.UnionArray.from_sparse(pa.array([0, 1, 0], pa.int8()), [pa.array([1, 0, 3]), pa.array(["", "two", ""])])
stream("unions.arrow", pa.table({"dense": union, "sparse": sparse}))


def batches(name, parts, **options):
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, parts[0].schema, options=ipc.IpcWriteOptions(**options)) as writer:
        for part in parts:
            writer.write_batch(part)
    (OUT / name).write_bytes(sink.getvalue().to_pybytes())


def coded(values):
    return pa.record_batch({"c": pa.array(values).dictionary_encode()})


batches("dictionary-replacement.arrow", [coded(["red", "green"]), coded(["blue", "red"])])
batches("dictionary-delta.arrow", [coded(["red", "green"]), coded(["red", "green", "blue"])], emit_dictionary_deltas=True)

one = stream("seed-small.arrow", mixed.slice(0, 4))
(OUT / "two-streams.arrow").write_bytes(one + one)
(OUT / "trailing-text.arrow").write_bytes(one + b"and so on")
small = mixed.slice(0, 4)
file = stream("file-cut.arrow", small, file=True)
(OUT / "file-cut.arrow").write_bytes(file[:-7])
