"""Writes tests/fixtures/checks: for each code of the doctor a message that has the trouble and one that nearly has it.

Usage: make_check_fixtures.py FOLDER. Needs pyarrow and pillow. Messages over 100 kB are made by the test itself.
"""

import base64
import copy
import io
import json
import pathlib
import sys
import wave
import zlib
from datetime import datetime, timezone

import pyarrow as pa
from PIL import Image

FOLDER = pathlib.Path(sys.argv[1])
AT = datetime(2026, 2, 22, 14, 16, 57, 250000, tzinfo=timezone.utc)
STAMP = "2026-02-22T14:16:57.123Z"
SUBJECT = "lab.rows"


def uuid(number):
    return f"256e050c-c0ea-4f6f-b042-{number:012x}"


def b64(data):
    return base64.b64encode(data).decode()


def payload(word="text", body=b"Hello", **changes):
    made = {
        "id": uuid(0xA1), "dataname": "message", "payload_type": word, "transport": "direct", "encoding": "base64",
        "size": len(body), "data": b64(body), "metadata": {},
    }
    made.update(changes)
    return made


def link(url="https://files.example.com/f/1/rows.bin", **changes):
    return payload("binary", b"", transport="link", encoding="none", size=5, data=url, **changes)


def envelope(*payloads, **changes):
    made = {
        "correlation_id": uuid(1), "msg_id": uuid(2), "timestamp": STAMP, "send_to": SUBJECT, "msg_purpose": "test",
        "sender_name": "lab", "sender_id": uuid(3), "receiver_name": "", "receiver_id": "", "reply_to": "",
        "reply_to_msg_id": "", "broker_url": "nats://broker.example.com:4222", "metadata": {},
        "payloads": list(payloads) or [payload()],
    }
    made.update(changes)
    return made


def without(key, made=None):
    made = copy.deepcopy(made or envelope())
    del made[key]
    return made


def text(made):
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)


def direct(word, body, **changes):
    return envelope(payload(word, body, dataname="it", **changes))


def guarded(fields):
    body = text(fields)[1:].encode()
    return f'{{"guard":"{len(body):08x}-{zlib.crc32(body):08x}",'.encode() + body + b"\n"


def tape(*messages):
    """A tape of messages: (envelope, what NATS said of it)."""
    clock = "2026-02-22T14:16:57.{:06d}Z"
    lines = [guarded({"tape": 1, "product": "fixtures", "started": clock.format(0), "server": "", "subjects": [">"]})]
    for number, (made, said) in enumerate(messages, 1):
        fields = {"n": number, "at": clock.format(250000 + number), "subject": SUBJECT, **said}
        lines.append(guarded({**fields, "text": made if isinstance(made, str) else text(made)}))
    lines.append(guarded({"end": clock.format(900000), "messages": len(messages), "missed": 0}))
    return b"".join(lines)


def one(made=None, **said):
    return tape((made or envelope(), said))


# Arrow.

def stream(table, **options):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def arrow_file(table):
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def column(values, kind):
    return pa.table({"value": pa.array(values, kind)})


ROWS = column([1, 2, 3], pa.int64())
WORDS = pa.dictionary(pa.int8(), pa.string())


def dictionaries(first, second, **options):
    """Two batches of one stream whose dictionaries are these."""
    sink = io.BytesIO()
    schema = pa.schema([("value", WORDS)])
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for words in (first, second):
            indices = pa.array(list(range(len(words))), pa.int8())
            values = pa.DictionaryArray.from_arrays(indices, pa.array(words))
            writer.write_batch(pa.record_batch([values], schema=schema))
    return sink.getvalue()


def table(body, **changes):
    return direct("arrowtable", body, **changes)


def typed(values, kind):
    return table(stream(column(values, kind)))


def wide_integers():
    """As Arrow.jl writes Int128, which pyarrow cannot: the width in the schema says 128."""
    made = bytearray(stream(ROWS))
    assert made.count(b"\x40\0\0\0", 0, 200) == 1
    made[made.index(b"\x40\0\0\0")] = 128
    return table(bytes(made))


def nulls(rows):
    """Rows that take no bytes."""
    return table(stream(pa.table({"value": pa.nulls(rows)})))


def run_ends():
    return table(stream(pa.table({"value": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), [7, 8])})))


# Pictures, sound, film.

def png():
    sink = io.BytesIO()
    Image.new("RGB", (3, 2), (200, 80, 20)).save(sink, "png")
    return sink.getvalue()


def vast_png():
    made = bytearray(png())
    made[16:24] = (30000).to_bytes(4, "big") * 2
    made[29:33] = zlib.crc32(made[12:29]).to_bytes(4, "big")
    return bytes(made)


def wav():
    sink = io.BytesIO()
    with wave.open(sink, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\1" * 80)
    return sink.getvalue()


def box(name, body):
    return (8 + len(body)).to_bytes(4, "big") + name + body


def mp4():
    header = b"\0" * 12 + (1000).to_bytes(4, "big") + (2500).to_bytes(4, "big") + b"\0" * 80
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", box(b"mvhd", header)) + box(b"mdat", b"")


# Text of JSON that no library writes.

def raw(made, old, new):
    before = text(made)
    assert old in before, old
    return before.replace(old, new, 1)


def camel():
    """An envelope as peers up to 0.4 write it."""
    spelled = {
        "correlation_id": "correlationId", "msg_id": "msgId", "send_to": "sendTo", "msg_purpose": "msgPurpose",
        "sender_name": "senderName", "sender_id": "senderId", "receiver_name": "receiverName",
        "receiver_id": "receiverId", "reply_to": "replyTo", "reply_to_msg_id": "replyToMsgId",
        "broker_url": "brokerURL",
    }
    made = {spelled.get(key, key): value for key, value in envelope().items()}
    made["payloads"] = [{("type" if key == "payload_type" else key): value for key, value in payload().items()}]
    return made


def asks(number, correlation=1):
    return envelope(msg_id=uuid(number), correlation_id=uuid(correlation), reply_to="lab.answers")


def answers(number, asked, correlation=1):
    return envelope(msg_id=uuid(number), correlation_id=uuid(correlation), reply_to_msg_id=uuid(asked))


def zoned_by_old_julia(name):
    """A time as Arrow.jl stores it under this extension name."""
    field = pa.field("a", pa.timestamp("ms", "Europe/Berlin"), metadata={"ARROW:extension:name": name})
    return table(stream(pa.table([pa.array([AT], field.type)], schema=pa.schema([field]))))


DEEP = "[" * 200 + "]" * 200
GOOD = envelope()

# Code: the message that has it, the message that nearly has it.
CASES = {
    "not-an-envelope": ('{"temperature":21.5}', GOOD),
    "empty-message": (b"", '{"payloads":[]}'),
    "malformed-json": (text(GOOD)[:-20], GOOD),
    "not-utf8": (raw(GOOD, '"lab"', '"gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"').encode("latin-1"), envelope(sender_name="grün")),
    "byte-order-mark": ("\ufeff" + text(GOOD), " \n" + text(GOOD)),
    "json-too-deep": (raw(GOOD, '"metadata":{},"payloads"', f'"metadata":{{"a":{DEEP}}},"payloads"'),
                      raw(GOOD, '"metadata":{},"payloads"', '"metadata":{"a":[[[[1]]]]},"payloads"')),
    "non-finite-number": (raw(GOOD, '"metadata":{},"payloads"', '"metadata":{"a":NaN},"payloads"'),
                          envelope(metadata={"a": "NaN"})),
    "lone-surrogate": (raw(GOOD, '"lab"', '"\\ud83d"'), raw(GOOD, '"lab"', '"\\ud83d\\ude00"')),
    "duplicate-key": (raw(GOOD, '"msg_purpose"', '"sender_name":"other","msg_purpose"'), GOOD),
    "big-integer": (envelope(metadata={"n": 2**53 + 1}), envelope(metadata={"n": 2**53 - 1})),
    "huge-integer": (envelope(metadata={"n": 2**63}), envelope(metadata={"n": 2**63 - 1})),
    "mixed-dialects": ({**GOOD, "msgId": uuid(2)}, GOOD),
    "no-reader": ({**without("sender_name"), "senderName": "lab"}, {**GOOD, "senderName": "lab"}),
    "missing-field": (without("sender_id"), envelope(sender_id="")),
    "null-field": (envelope(receiver_name=None), envelope(receiver_name="")),
    "wrong-field-type": (envelope(sender_name=7), envelope(sender_name="7")),
    "bad-payloads": ({**GOOD, "payloads": None}, {**GOOD, "payloads": []}),
    "unknown-field": ({**GOOD, "priority": 3}, envelope(metadata={"priority": 3})),
    "old-spelling": ({**without("broker_url"), "BrokerURL": "nats://broker.example.com:4222"}, GOOD),
    "bad-timestamp": (envelope(timestamp="22.02.2026 14:16"), envelope(timestamp="2026-02-22T15:16:57.123+01:00")),
    "timestamp-without-zone": (envelope(timestamp="2026-02-22T14:16:57.123"), GOOD),
    "timestamp-falsely-zoned": (one(envelope(timestamp="2026-02-22T15:16:57.123Z")),
                                one(envelope(timestamp="2026-02-22T15:16:57.123+01:00"))),
    "clock-skew": (one(envelope(timestamp="2026-02-22T14:18:30Z")), one(envelope(timestamp="2026-02-22T14:16:54Z"))),
    "id-not-uuid": (envelope(msg_id="message-1"), GOOD),
    "correlation-reused": (tape((asks(11), {}), (answers(12, 11), {}), (asks(13), {})),
                           tape((asks(11), {}), (answers(12, 11), {}), (asks(13, 9), {}))),
    "reply-without-request": (tape((asks(11), {}), (answers(12, 77), {})), tape((asks(11), {}), (answers(12, 11), {}))),
    "broker-url-scheme": (envelope(broker_url="broker.example.com:4222"), GOOD),
    "broker-url-credentials": (envelope(broker_url="nats://ada:secret@broker.example.com:4222"),
                               envelope(broker_url="nats://broker.example.com:4222/@")),
    "wildcard-in-slash-subject": (envelope(reply_to="/chat/*"), envelope(reply_to="chat.*")),
    "send-to-disagrees": (one(envelope(send_to="lab.other")), one()),
    "reply-to-disagrees": (one(envelope(reply_to="lab.answers"), reply="_INBOX.1"),
                           one(envelope(reply_to="lab.answers"), reply="lab.answers")),
    "header-disagrees": (one(headers={"Nats-Msg-Id": [uuid(99)]}), one(headers={"Nats-Msg-Id": [uuid(2)]})),
    "malformed-header": (one(headers={"Natsbridge-Unreadable": ["no colon"]}), one(headers={"Colour": ["red"]})),
    "unknown-kind": (direct("spreadsheet", b"1,2"), direct("text", b"1,2")),
    "kind-disagrees": (direct("text", b"[1]", type="image"), direct("dictionary", b"[1]", type="dictionary")),
    "missing-data": (envelope(without("data", payload())), direct("text", b"")),
    "duplicate-payload-id": (envelope(payload(), payload(dataname="again")),
                             envelope(payload(), payload(dataname="again", id=uuid(0xA2)))),
    "empty-dataname": (envelope(payload(dataname="")), envelope(payload(dataname="-"))),
    "dataname-breaks-link": (envelope(link("https://files.example.com/f/rows 1?", dataname="rows 1?")),
                             envelope(link("https://files.example.com/f/rows%201%3F", dataname="rows 1?"))),
    "unknown-transport": (envelope(payload(transport="pigeon")), GOOD),
    "transport-disagrees": (envelope(payload(transport="link")), envelope(link())),
    "unknown-encoding": (envelope(payload(encoding="base85")), GOOD),
    "encoding-disagrees": (envelope(payload(encoding="none")), envelope(link())),
    "raw-json-data": (direct("dictionary", b'{"a":1}', data='{"a":1}', encoding="json"), direct("dictionary", b'{"a":1}')),
    "base64-url-safe": (direct("binary", b"\xfb\xff\xfe", data="-__-"), direct("binary", b"\xfb\xff\xfe")),
    "base64-unpadded": (envelope(payload(data="SGVsbG8")), GOOD),
    "base64-whitespace": (envelope(payload(data="SGVsbG8=\n")), GOOD),
    "base64-data-url": (envelope(payload(data="data:text/plain;base64,SGVsbG8=")), GOOD),
    "base64-trailing-bits": (envelope(payload(data="SGVsbG9=")), GOOD),
    "bad-base64": (envelope(payload(data="SGV!bG8=")), GOOD),
    "size-mismatch": (envelope(payload(size=8)), GOOD),
    "bad-size": (envelope(payload(size=-1)), envelope(payload("text", b""))),
    "kind-mismatch": (direct("audio", png()), direct("image", png())),
    "text-not-utf8": (direct("text", "grün".encode("latin-1")), direct("text", "grün".encode())),
    "bad-dictionary": (direct("dictionary", b"{'a': 1}"), direct("dictionary", b'{"a": 1}')),
    "table-is-json": (direct("table", b'[{"a":1}]'), direct("jsontable", b'[{"a":1}]')),
    "bad-jsontable": (direct("jsontable", b'[{"a":1},2]'), direct("jsontable", b"[]")),
    "link-not-http": (envelope(link("ftp://files.example.com/f/1")), envelope(link())),
    "link-local-host": (envelope(link("http://localhost:8080/f/1")), envelope(link("https://localhost.example.com/f/1"))),
    "link-private-host": (envelope(link("http://192.168.1.20:8080/f/1")), envelope(link("https://172.32.0.1/f/1"))),
    "arrow-truncated": (table(stream(ROWS)[:-60]), table(stream(ROWS))),
    "arrow-no-end-mark": (table(stream(ROWS)[:-8]), table(stream(ROWS))),
    "arrow-trailing-bytes": (table(stream(ROWS) + b"and more"), table(stream(ROWS))),
    "arrow-several-streams": (table(stream(ROWS) * 2), table(stream(pa.concat_tables([ROWS, ROWS])))),
    "arrow-file-framing": (table(arrow_file(ROWS)), table(stream(ROWS))),
    "arrow-compressed": (table(stream(column(list(range(999)), pa.int64()), compression="zstd")),
                         table(stream(column(list(range(99)), pa.int64())))),
    "arrow-view-types": (typed(["a"], pa.string_view()), typed(["a"], pa.string())),
    "arrow-dictionary-delta": (table(dictionaries(["a", "b"], ["a", "b", "c"], emit_dictionary_deltas=True)),
                               table(dictionaries(["a", "b"], ["a", "b"]))),
    "arrow-dictionary-replacement": (table(dictionaries(["a", "b"], ["x", "y"])),
                                     table(dictionaries(["a", "b"], ["a", "b"]))),
    "arrow-fine-times": (typed([AT], pa.timestamp("us")), typed([AT], pa.timestamp("ms"))),
    "arrow-unknown-zone": (typed([AT], pa.timestamp("ms", "Mars/Olympus")), typed([AT], pa.timestamp("ms", "UTC"))),
    "arrow-legacy-zone": (typed([AT], pa.timestamp("ms", "US/Eastern")), typed([AT], pa.timestamp("ms", "America/New_York"))),
    "arrow-zone-spelling": (typed([AT], pa.timestamp("ms", "UTC+02:00")), typed([AT], pa.timestamp("ms", "+02:00"))),
    "arrow-local-times": (zoned_by_old_julia("JuliaLang.ZonedDateTime"), zoned_by_old_julia("JuliaLang.ZonedDateTime-UTC")),
    "arrow-small-decimal": (typed([1], pa.decimal64(10, 2)), typed([1], pa.decimal128(10, 2))),
    "arrow-wide-integer": (wide_integers(), typed([2**63 - 1], pa.int64())),
    "arrow-list-view": (typed([[1, 2]], pa.list_view(pa.int32())), typed([[1, 2]], pa.list_(pa.int32()))),
    "arrow-run-end-encoded": (run_ends(), typed([7, 7, 8], pa.int64())),
    "arrow-interval": (typed([(1, 2, 3)], pa.month_day_nano_interval()), typed([3], pa.duration("ms"))),
    "arrow-invalid": (table(b"\xff\xff\xff\xff\x08\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08"), table(stream(ROWS))),
    "arrow-limit": (nulls(60_000_000), nulls(600)),
    "empty-table": (table(b""), table(stream(ROWS.slice(0, 0)))),
    "duplicate-column": (table(stream(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]))),
                         table(stream(pa.table([pa.array([1]), pa.array([2])], names=["a", "A"])))),
    "image-invalid": (direct("image", b"no picture at all"), direct("image", png())),
    "image-truncated": (direct("image", png()[:-16]), direct("image", png())),
    "media-not-shown": (direct("image", b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'/>"),
                        direct("image", png())),
    "image-limit": (direct("image", vast_png()), direct("image", png())),
    "audio-invalid": (direct("audio", wav()[:20]), direct("audio", wav())),
    "video-invalid": (direct("video", mp4()[:30]), direct("video", mp4())),
    "foreign-keys": (camel(), {**camel(), **GOOD, "payloads": [{**payload(), "type": "text"}]}),
    "foreign-kind": (envelope(payload("dictionary", b"{}"), payload("arrowtable", stream(ROWS), id=uuid(9))), GOOD),
    "table-unsupported": (table(stream(ROWS)), direct("jsontable", b"[]")),
    "more-findings": (envelope(*[{} for _ in range(300)]), envelope(*[{} for _ in range(9)])),
}


def main():
    for code, made in CASES.items():
        folder = FOLDER / code
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, message in zip(("hit", "miss"), made):
            end = ".json"
            if isinstance(message, dict):
                message = text(message)
            if isinstance(message, str):
                message = message.encode()
            if message.startswith(b'{"guard"'):
                end = ".tape"
            (folder / f"{name}{end}").write_bytes(message)


main()
