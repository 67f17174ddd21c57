"""Makes the demo peers' own files (assets/demo/peer-*): pictures, a chime, a clip and tables.

Run by hand, only when a file should change; needs pillow, pyarrow and imageio-ffmpeg.
"""
import datetime as dt
import io
import math
import pathlib
import struct
import subprocess
import tempfile
import wave

import imageio_ffmpeg
import pyarrow as pa
from PIL import Image, ImageDraw

OUT = pathlib.Path(__file__).resolve().parents[2] / "assets" / "demo"


def blend(a, b, t):
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b))


def sunset(width=96, height=64, sun=0.62):
    """Hills in front of a setting sun; `sun` is its height from 0 (top) to 1."""
    scale = 4
    w, h = width * scale, height * scale
    image = Image.new("RGB", (w, h))
    draw = ImageDraw.Draw(image)
    stops = [(38, 30, 84), (148, 58, 112), (240, 124, 84), (255, 206, 122)]
    for y in range(h):
        t = min(y / (h * 0.75), 0.999) * (len(stops) - 1)
        draw.line([(0, y), (w, y)], fill=blend(stops[int(t)], stops[min(int(t) + 1, 3)], t % 1))
    cx, cy, r = w * 0.64, h * sun, h * 0.13
    for grow in range(30, 0, -1):
        halo = blend(image.getpixel((int(cx), int(min(cy, h - 1)))), (255, 232, 164), 0.02 * (30 - grow) / 3)
        draw.ellipse([cx - r - grow, cy - r - grow, cx + r + grow, cy + r + grow], fill=halo)
    draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=(255, 244, 196))
    hills = [((122, 60, 104), 0.70, 0.055, 1.7, 0.4), ((74, 46, 92), 0.80, 0.06, 2.3, 2.0), ((30, 26, 58), 0.90, 0.05, 3.1, 4.1)]
    for colour, base, swing, waves, phase in hills:
        line = [(x, h * (base + swing * math.sin(phase + waves * math.tau * x / w))) for x in range(0, w + 1, 4)]
        draw.polygon([(0, h), *line, (w, h)], fill=colour)
    return image.resize((width, height), Image.LANCZOS)


def avatar(side=40):
    image = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    s = side * 4
    draw.ellipse([0, 0, s - 1, s - 1], fill=(86, 156, 214))
    draw.ellipse([s * 0.33, s * 0.2, s * 0.67, s * 0.54], fill=(250, 222, 190))
    draw.pieslice([s * 0.18, s * 0.58, s * 0.82, s * 1.3], 180, 360, fill=(36, 62, 99))
    return image.resize((side, side), Image.LANCZOS)


def png(image, name):
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    (OUT / name).write_bytes(data.getvalue())


def chime(rate=8000, seconds=0.5):
    with wave.open(str(OUT / "peer-chime.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        for i in range(int(rate * seconds)):
            t = i / rate
            tone = sum(math.sin(math.tau * f * t) * a for f, a in [(880, 0.5), (1318.5, 0.3), (1760, 0.2)])
            out.writeframes(struct.pack("<h", int(24000 * tone * math.exp(-6 * t))))


def clip():
    with tempfile.TemporaryDirectory() as folder:
        for i in range(24):
            sunset(96, 64, 0.30 + 0.45 * i / 23).save(f"{folder}/{i:02}.png")
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-framerate", "12", "-i", f"{folder}/%02d.png",
             "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "34", "-movflags", "+faststart",
             str(OUT / "peer-sunset.mp4")], check=True)


def stream(table, name):
    with pa.ipc.new_stream(str(OUT / name), table.schema) as out:
        out.write_table(table)


def tables():
    day = dt.datetime(2026, 2, 22)
    sky = ["clear", "few clouds", "drizzle ☂", "雨", "fog", None]
    weather = pa.table({
        "hour": pa.array([day + dt.timedelta(hours=h) for h in range(24)], pa.timestamp("ms")),
        "station": pa.array([["Chiang Mai", "Łódź", "東京", "Zürich"][h % 4] for h in range(24)]),
        "temp_c": pa.array([None if h == 13 else round(24.5 - 6.2 * math.cos(math.tau * (h - 2) / 24), 1) for h in range(24)]),
        "humidity": pa.array([None if h % 11 == 10 else 58 + (h * 7) % 31 for h in range(24)], pa.int32()),
        "sky": pa.array([sky[(h * 5 + h // 7) % 6] for h in range(24)]),
    })
    stream(weather, "peer-weather.arrow")

    names = ["Château Margaux", "Barolo Riserva", "Grüner Veltliner", "Tokaji Aszú", "Rioja Añejo", "Pinot Noir",
             "Vinho Verde", "甲州 Koshu"]
    lands = ["FR", "IT", "AT", "HU", "ES", "NZ", "PT", "JP"]
    wine = pa.table({
        "wine": pa.array([names[i % 8] for i in range(24)]),
        "land": pa.array([lands[i % 8] for i in range(24)]).dictionary_encode(),
        "vintage": pa.array([2004 + (i * 5) % 19 for i in range(24)], pa.int16()),
        "score": pa.array([None if i % 9 == 4 else round(84 + (i * 37 % 150) / 10, 1) for i in range(24)]),
        "tasted": pa.array([None if i % 7 == 6 else dt.date(2026, 1 + i % 2, 1 + i) for i in range(24)], pa.date32()),
    })
    stream(wine, "peer-wine.arrow")

    prices = pa.table({
        "symbol": pa.array([["JLC", "PYT", "ESM", "MPY", "NTS", "ARW"][i % 6] for i in range(24)]),
        "close": pa.array([round(101.4 + 9 * math.sin(i / 3) + i * 0.35, 2) for i in range(24)]),
        "change": pa.array([None if i == 0 else round(3 * math.cos(i / 3) + 0.35, 2) for i in range(24)]),
        "volume": pa.array([(i * 7919 % 5000) * 100 + 1200 for i in range(24)], pa.int64()),
        "halted": pa.array([i % 13 == 12 for i in range(24)]),
    })
    # As a new version of the peer sends it after a minute: prices without their decimals.
    whole = prices.set_column(1, "close", prices["close"].cast(pa.int32(), safe=False))
    for name, table in (("peer-prices.arrow", prices), ("peer-prices-whole.arrow", whole)):
        with pa.ipc.new_file(str(OUT / name), table.schema) as out:
            out.write_table(table)


OUT.mkdir(parents=True, exist_ok=True)
png(sunset(), "peer-sunset.png")
png(avatar(), "peer-avatar.png")
chime()
clip()
tables()
