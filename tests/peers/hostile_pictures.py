"""Writes pictures of SIDE x SIDE pixels that are dear to decode, and small ones that inflate to a gigabyte.

hostile_pictures.py SIDE FOLDER; prints their names.
"""

import struct
import sys
import zlib
from pathlib import Path

from PIL import Image

side, folder = int(sys.argv[1]), Path(sys.argv[2])


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def small_png(*chunks):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


# With loss and opacity, and with a profile that is much larger once it is unpacked.
Image.new("RGBA", (side, side), (1, 2, 3, 128)).save(folder / "lossy.webp", quality=50, method=0)
Image.new("RGB", (side, side)).save(folder / "profile.png", icc_profile=bytes(16 << 20))

packer = zlib.compressobj(1)
zeros = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
pixels = chunk(b"IDAT", zlib.compress(bytes(64 * 257)))
for name, chunks in [
    ("inflates-pixels.png", [chunk(b"IDAT", zeros)]),
    ("inflates-text.png", [chunk(b"zTXt", b"a\0\0" + zeros), pixels]),
    ("inflates-profile.png", [chunk(b"iCCP", b"a\0\0" + zeros), pixels]),
]:
    (folder / name).write_bytes(small_png(*chunks))

print("lossy.webp profile.png inflates-pixels.png inflates-text.png inflates-profile.png")
