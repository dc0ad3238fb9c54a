"""A PMTiles archive of one tile: the whole world is land, with a lake over it."""

from __future__ import annotations

import struct

EXTENT = 4096
MVT, UNCOMPRESSED = 1, 1


def tiny_map() -> bytes:
    """Return an archive (version 3) whose only tile is the world at zoom 0."""
    tile = b"".join((_layer("earth", 0), _layer("water", 900)))
    directory = b"".join(map(_varint, (1, 0, 1, len(tile), 1)))
    metadata = b"{}"
    ahead = 127
    offsets = (
        (ahead, len(directory)),
        (ahead + len(directory), len(metadata)),
        (0, 0),
        (ahead + len(directory) + len(metadata), len(tile)),
    )
    header = b"PMTiles\x03" + b"".join(struct.pack("<QQ", *each) for each in offsets)
    header += struct.pack("<QQQ", 1, 1, 1)
    header += bytes((1, UNCOMPRESSED, UNCOMPRESSED, MVT, 0, 0))
    header += struct.pack("<iiii", -1800000000, -850000000, 1800000000, 850000000)
    header += struct.pack("<Bii", 0, 0, 0)
    return header + directory + metadata + tile


def _layer(name: str, margin: int) -> bytes:
    """Return a Mapbox vector tile layer with one square in it."""
    side = EXTENT - 2 * margin
    geometry = [9, _zigzag(margin), _zigzag(margin), 26, _zigzag(side), 0, 0, _zigzag(side)]
    geometry += [_zigzag(-side), 0, 15]
    polygon = 3
    feature = _field(3, polygon) + _bytes(4, b"".join(map(_varint, geometry)))
    layer = _bytes(1, name.encode()) + _bytes(2, feature) + _field(5, EXTENT) + _field(15, 2)
    return _bytes(3, layer)


def _field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    found: list[int] = []
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
