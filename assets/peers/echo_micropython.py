# A NATSBridge peer on MicroPython that echoes every payload, decoded and re-encoded. A starting point for your own.
#
#     micropython echo_micropython.py [SUBJECT] [NATS_URL]
#
# A bare socket, json and binascii, nothing to install. It connects to NATS_URL (the argument or the variable; no TLS) and
# tries again for as long as nobody answers there. It answers in the spelling of the request (snake_case or camelCase), to
# reply_to or to the NATS reply. No tables and no links, and at most 50,000 bytes: NACK says why.

import binascii
import json
import os
import socket
import sys
import time

MOST = 50000
FIELDS = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id "
          "reply_to reply_to_msg_id broker_url metadata payloads").split()
BYTES = ("text", "dictionary", "jsontable", "json", "image", "audio", "video", "binary")

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \r\n"


def camel(name):
    parts = name.split("_")
    rest = ["URL" if part == "url" else part[0].upper() + part[1:] for part in parts[1:]]
    return parts[0] + "".join(rest)


def uuid4():
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = binascii.hexlify(raw).decode()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def say(text):
    print("echo_micropython.py: %s" % text, file=sys.stderr)


def parsed(body):
    """JSON with or without a byte order mark."""
    return json.loads((body[3:] if body[:3] == b"\xef\xbb\xbf" else body).decode())


def written(value):
    """Read again at once: numbers that no float holds would go out as inf, which is no JSON."""
    text = json.dumps(value)
    json.loads(text)
    return text.encode()


def new_payload(name, key, kind, body, metadata):
    data = binascii.b2a_base64(body).decode().strip()
    return {"id": uuid4(), "dataname": name, key: kind, "transport": "direct", "encoding": "base64",
            "size": len(body), "data": data, "metadata": metadata}


def again(old):
    if not isinstance(old, dict) or not isinstance(old.get("data"), str):
        raise ValueError("a payload is a JSON object with text under data")
    key = "payload_type" if "payload_type" in old else "type"
    kind, transport = old.get(key), old.get("transport", "direct")
    if transport != "direct" or kind not in BYTES:
        raise ValueError("%s by %s is not supported" % (kind, transport))
    if old["data"].strip(BASE64):
        raise ValueError("the data is not base64")
    body = binascii.a2b_base64(old["data"])
    if kind == "text":
        body = body.decode().encode()
    elif kind in ("dictionary", "jsontable", "json"):
        body = written(parsed(body))
    return new_payload(old.get("dataname") or "", key, kind, body, old.get("metadata") or {})


def place(reply_to):
    """A subject to answer to: one with white space in it would be another command to the broker."""
    good = isinstance(reply_to, str) and 0 < len(reply_to) <= 500
    return reply_to if good and all(letter > " " and letter != "\x7f" for letter in reply_to) else ""


def answer(raw, inbox, most):
    """Where the answer goes, and the answer; nowhere if nobody said where."""
    request, to, spell = {}, inbox, str
    try:
        if raw is None:
            raise ValueError("there is no memory for so many bytes")
        came = parsed(raw)
        if not isinstance(came, dict):
            raise ValueError("the message is no envelope, which is a JSON object")
        request = came
        if sum(camel(name) in request for name in FIELDS) > sum(name in request for name in FIELDS):
            spell = camel
        to = place(request.get(spell("reply_to"))) or inbox
        if len(raw) > MOST:
            raise ValueError("%d bytes exceed the limit of %d" % (len(raw), MOST))
        if not isinstance(request.get("payloads"), list):
            raise ValueError("payloads is no list; a message without any says []")
        reply = envelope(request, spell, to, "chat", [again(old) for old in request["payloads"]])
        if len(reply) > most:
            raise ValueError("the answer has %d bytes, and the broker takes %d" % (len(reply), most))
    except Exception as error:
        key = "payload_type" if spell is str else "type"
        reply = envelope(request, spell, to, "NACK", [new_payload("error", key, "text", repr(error)[:1000].encode(), {})])
    return to, reply


def envelope(request, spell, to, purpose, payloads):
    now = "%04d-%02d-%02dT%02d:%02d:%02d.000Z" % time.gmtime()[:6]
    said = {name: request.get(spell(name)) for name in ("correlation_id", "msg_id")}
    said = {name: value if isinstance(value, str) else "" for name, value in said.items()}
    known = {"correlation_id": said["correlation_id"], "msg_id": uuid4(), "timestamp": now, "send_to": to,
             "msg_purpose": purpose, "sender_name": "echo_micropython.py", "metadata": {},
             "reply_to_msg_id": said["msg_id"], "payloads": payloads}
    return written({spell(name): known.get(name, "") for name in FIELDS})


def connect(url):
    """A stream to the broker, which knows who we are."""
    scheme, _, rest = url.rpartition("://")
    if scheme not in ("", "nats"):
        raise SystemExit("echo_micropython.py: only nats:// is supported, not %s" % scheme)
    user, _, where = rest.rstrip("/").rpartition("@")
    host, _, port = where.rpartition(":") if ":" in where.split("]")[-1] else (where, "", "4222")
    found = socket.getaddrinfo(host.strip("[]"), int(port), 0, socket.SOCK_STREAM)[0]
    link = socket.socket(found[0], socket.SOCK_STREAM)
    link.connect(found[-1])
    name, _, password = user.partition(":")
    who = {"user": name, "pass": password} if password else {"auth_token": name} if name else {}
    options = {"verbose": False, "pedantic": False, "lang": "micropython", "version": "0"}
    options.update(who)
    stream = link.makefile("rwb")
    stream.write(b"CONNECT %s\r\n" % json.dumps(options).encode())
    return stream, where


def body(stream, length):
    """The bytes of a message; None if there is no room for so many."""
    try:
        raw = stream.read(length)
    except MemoryError:
        raw = None
        left = length
        while left > 0:
            left -= len(stream.read(min(left, 1024)) or b" " * left)
    stream.readline()
    if raw is not None and len(raw) < length:
        raise OSError("the broker closed the connection")
    return raw


def echo(subject, url):
    """Echoes until the connection is lost."""
    stream, where = connect(url)
    stream.write(b"SUB %s 1\r\nPING\r\n" % subject.encode())
    most, ready = 1 << 20, False
    while True:
        line = stream.readline()
        if not line:
            raise OSError("the broker closed the connection")
        words = line.split() or [b""]
        if words[0] == b"INFO":
            most = json.loads(line[4:].decode()).get("max_payload", most)
        elif words[0] == b"PONG" and not ready:
            ready = True
            print("echoing on %s at %s" % (subject, where))
        elif words[0] == b"PING":
            stream.write(b"PONG\r\n")
        elif words[0] == b"-ERR":
            say(line.decode().strip())
        elif words[0] == b"MSG":
            raw = body(stream, int(words[-1]))
            inbox = words[3].decode() if len(words) == 5 else ""
            to, reply = answer(raw, inbox, most)
            if to:
                stream.write(b"PUB %s %d\r\n%s\r\n" % (to.encode(), len(reply), reply))


def main(subject="/peer/echo", url=None):
    url = url or getattr(os, "getenv", lambda name: None)("NATS_URL") or "nats://127.0.0.1:4222"
    said = ""
    while True:
        for server in url.split(","):
            try:
                echo(subject, server)
            except (OSError, ValueError) as error:
                if str(error) != said:
                    said = str(error)
                    say("%s: %s; trying again" % (server.split("@")[-1], said))
            time.sleep(1)


try:
    main(*sys.argv[1:3])
except KeyboardInterrupt:
    pass
