"""Small PNG files: pictures of pages have few colours, so 256 of them and their places say it all."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

# Run in a browser: takes a PNG (base64); answers its size, the 256 commonest colours, and the place of each
# pixel among them. Colours are counted in boxes of 8 × 8 × 8; a box shows the mean of what lies in it.
REDUCE = """async (png) => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const data = context.getImageData(0, 0, picture.width, picture.height).data;
  const boxes = new Map();
  const boxOf = (i) => (data[i] >> 3 << 10) | (data[i + 1] >> 3 << 5) | data[i + 2] >> 3;
  for (let i = 0; i < data.length; i += 4) {
    const key = boxOf(i);
    const box = boxes.get(key) ?? [0, 0, 0, 0];
    box[0]++; box[1] += data[i]; box[2] += data[i + 1]; box[3] += data[i + 2];
    boxes.set(key, box);
  }
  const commonest = [...boxes].sort((one, other) => other[1][0] - one[1][0]).slice(0, 256);
  const palette = commonest.map(([, box]) => [1, 2, 3].map((k) => Math.round(box[k] / box[0])));
  const places = new Map(commonest.map(([key], place) => [key, place]));
  const nearest = (i) => {
    let best = 0, least = Infinity;
    palette.forEach((colour, place) => {
      const away = colour.reduce((sum, value, k) => sum + (value - data[i + k]) ** 2, 0);
      if (away < least) { least = away; best = place; }
    });
    return best;
  };
  let text = "";
  for (let i = 0; i < data.length; i += 4) {
    const key = boxOf(i);
    if (!places.has(key)) places.set(key, nearest(i));
    text += String.fromCharCode(places.get(key));
  }
  return { width: picture.width, height: picture.height, palette: palette.flat(), places: btoa(text) };
}"""


def png(reduced: dict[str, Any]) -> bytes:
    """The file for what `REDUCE` answered: 8 bits a pixel, with a palette."""
    width, height = reduced["width"], reduced["height"]
    places = base64.b64decode(reduced["places"])
    rows = b"".join(b"\0" + places[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(reduced["palette"])),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
