# A receiver on MicroPython as written for releases up to 0.4.2: a bare socket, json and binascii, nothing else.
# Usage: read_micropython.py HOST PORT SUBJECT. Says "ready" once subscribed, then prints what it understood.

import binascii
import json
import socket
import sys

host, port, subject = sys.argv[1], int(sys.argv[2]), sys.argv[3]
link = socket.socket()
link.connect(socket.getaddrinfo(host, port)[0][-1])
stream = link.makefile("rb")


def write(line):
    data = line.encode()
    sent = 0
    while sent < len(data):
        sent += link.send(data[sent:])


write('CONNECT {"verbose":false,"pedantic":false,"lang":"micropython","version":"0","name":"peer"}\r\n')
write("SUB %s 1\r\nPING\r\n" % subject)
while True:
    line = stream.readline()
    if not line:
        raise SystemExit("the broker closed the connection")
    if line.startswith(b"PONG"):
        print("ready")
        try:
            sys.stdout.flush()
        except AttributeError:
            pass
    elif line.startswith(b"PING"):
        write("PONG\r\n")
    elif line.startswith(b"MSG"):
        body = stream.read(int(line.split()[-1]))
        break

envelope = json.loads(body)
understood = []
for payload in envelope["payloads"]:
    data = binascii.a2b_base64(payload["data"])
    if len(data) != payload["size"]:
        raise SystemExit("size of " + payload["dataname"])
    kind = payload["type"]
    if kind == "text":
        data = data.decode()
    elif kind == "dictionary":
        data = json.loads(data)
    else:
        data = binascii.hexlify(data).decode()
    understood.append([payload["dataname"], kind, data])
print(json.dumps({"purpose": envelope["msgPurpose"], "sendTo": envelope["sendTo"], "payloads": understood}))
