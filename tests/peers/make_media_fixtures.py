#!/usr/bin/env python3
"""Draws and encodes the small pictures, sounds and films in assets/demo/.

The demo sends them and the tests read them. Needs pillow and imageio-ffmpeg; run it from the root of the
repository only when a fixture has to change, the results are committed.
"""

import math
import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw

OUT = Path("assets/demo")
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
LIMIT = 20_000


def mix(a, b, t):
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b))


def ridge(x, size, base, height, phase):
    """The height of a mountain line at column x."""
    t = x / size * math.tau
    wave_sum = math.sin(t + phase) + 0.5 * math.sin(2.3 * t + 1.7 * phase) + 0.25 * math.sin(5.1 * t + phase)
    return base - height * (0.5 + wave_sum / 3.5)


def landscape(width, height):
    """Evening over a lake: drawn four times too large, then scaled, so that its edges are smooth."""
    w, h = width * 4, height * 4
    picture = Image.new("RGB", (w, h))
    draw = ImageDraw.Draw(picture)
    shore = round(h * 0.66)
    for y in range(shore):
        t = y / shore
        sky = mix((38, 32, 84), (214, 92, 110), t / 0.6) if t < 0.6 else mix((214, 92, 110), (255, 201, 120), (t - 0.6) / 0.4)
        draw.line([(0, y), (w, y)], fill=sky)
    sun_x, sun_y, sun_r = w * 0.64, h * 0.47, h * 0.09
    draw.ellipse([sun_x - sun_r, sun_y - sun_r, sun_x + sun_r, sun_y + sun_r], fill=(255, 236, 179))
    for base, tall, phase, colour in [
        (0.60, 0.22, 0.4, (120, 66, 112)),
        (0.64, 0.16, 2.1, (76, 44, 92)),
        (0.67, 0.10, 4.0, (40, 28, 66)),
    ]:
        for x in range(w):
            top = ridge(x, w, h * base, h * tall, phase)
            draw.line([(x, top), (x, shore)], fill=colour)
    mirrored = picture.crop((0, 2 * shore - h, w, shore)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    dark = Image.new("RGB", mirrored.size, (24, 28, 62))
    picture.paste(Image.blend(mirrored, dark, 0.42), (0, shore))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def arrow(width, height):
    """An arrow that points up, so that a wrong orientation is seen at once."""
    picture = Image.new("RGB", (width, height), (32, 64, 128))
    draw = ImageDraw.Draw(picture)
    middle = width // 2
    draw.polygon([(middle, 2), (width - 6, height // 2), (6, height // 2)], fill=(255, 208, 64))
    draw.rectangle([middle - 6, height // 2, middle + 6, height - 4], fill=(255, 208, 64))
    return picture


def logo(side):
    """Rings on a transparent ground."""
    picture = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for inset, colour in [(0, (64, 160, 255, 255)), (5, (0, 0, 0, 0)), (8, (255, 128, 96, 255))]:
        edge = side * 4 - 1 - inset * side // 8
        draw.ellipse([inset * side // 8, inset * side // 8, edge, edge], fill=colour)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def pictures():
    landscape(112, 80).save(OUT / "evening.png", optimize=True)
    # Stored lying on its side; orientation 6 says: turn clockwise to show.
    exif = Image.Exif()
    exif[0x0112] = 6
    arrow(48, 64).transpose(Image.Transpose.ROTATE_90).save(OUT / "turned.jpg", quality=85, exif=exif)
    landscape(72, 48).save(OUT / "evening.webp", quality=70)
    logo(32).save(OUT / "rings.png", optimize=True)
    arrow(24, 32).save(OUT / "arrow.bmp")
    frames = [landscape(48, 32).point(lambda v, step=step: min(255, v + 12 * step)).quantize(32) for step in range(3)]
    frames[0].save(OUT / "glow.gif", save_all=True, append_images=frames[1:], duration=200, loop=0)


def sounds():
    """Three falling tones, one second, 8 kHz, one channel, 8 bit."""
    rate = 8000
    samples = bytearray()
    for n in range(rate):
        t = n / rate
        tone = [880.0, 660.0, 440.0][min(2, int(t * 3))]
        fade = 1.0 - (t * 3) % 1.0
        samples.append(128 + round(90 * fade * math.sin(math.tau * tone * t)))
    with wave.open(str(OUT / "chime.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes(bytes(samples))
    source = ["-i", str(OUT / "chime.wav")]
    ffmpeg(source, "-ar", "44100", "-ac", "2", "-b:a", "64k", "chime.mp3")
    ffmpeg(source, "chime.flac")
    ffmpeg(source, "-ar", "16000", "-c:a", "libvorbis", "chime.ogg")
    ffmpeg(source, "-ar", "22050", "-c:a", "aac", "-b:a", "32k", "chime.m4a")
    ffmpeg(source, "-ar", "22050", "-c:a", "aac", "-b:a", "32k", "-f", "adts", "chime.aac")
    ffmpeg(source, "-c:a", "pcm_s16be", "-ar", "8000", "chime.aiff")


def films():
    """A moving test card, one second, 64 x 48."""
    source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1"]
    ffmpeg(source, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "clip.mp4")
    ffmpeg(source, "-c:v", "libvpx-vp9", "-b:v", "60k", "clip.webm")
    ffmpeg(source, "-c:v", "libx264", "-pix_fmt", "yuv420p", "clip.mkv")
    ffmpeg(source, "-c:v", "mjpeg", "-q:v", "20", "clip.avi")
    ffmpeg(source, "-c:v", "libx264", "-pix_fmt", "yuv420p", "clip.mov")


def ffmpeg(source, *arguments):
    *options, name = arguments
    command = [FFMPEG, "-v", "error", "-y", *source, *options, "-map_metadata", "-1", "-fflags", "+bitexact", str(OUT / name)]
    subprocess.run(command, check=True)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pictures()
    sounds()
    films()
    for path in sorted(OUT.iterdir()):
        size = path.stat().st_size
        print(f"{size:7,}  {path}")
        if size > LIMIT:
            raise SystemExit(f"{path} has {size} bytes, more than {LIMIT}")


if __name__ == "__main__":
    main()
