"""Reads the PNGs that we write, eight bits for each of four channels, and counts in how many pixels two differ."""

from __future__ import annotations

import struct
import zlib

_CHANNELS = 4
_APART = 32  # of 255, in any channel


def of(data: bytes) -> tuple[int, int, bytes]:
    """The width, the height and the pixels of a PNG (W3C PNG, 4.5 and 9)."""
    wide, high, depth, kind, *_, interlace = struct.unpack(">IIBBBBB", data[16:29])
    assert (depth, kind, interlace) == (8, 6, 0)
    packed, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(packed)
    stride = wide * _CHANNELS
    above, rows = bytes(stride), []
    for row in range(high):
        start = row * (stride + 1)
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above)
        rows.append(above)
    return wide, high, b"".join(rows)


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    found = bytearray(line)
    for at, value in enumerate(line):
        left = found[at - _CHANNELS] if at >= _CHANNELS else 0
        up, corner = above[at], above[at - _CHANNELS] if at >= _CHANNELS else 0
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        found[at] = (value + guess) & 0xFF
    return bytes(found)


def _paeth(left: int, up: int, corner: int) -> int:
    sum_ = left + up - corner
    return min((left, up, corner), key=lambda one: abs(sum_ - one))


def unlike(one: bytes, two: bytes) -> int:
    """How many pixels of two pictures of one size differ by more than the eye forgives."""
    if one == two:
        return 0
    count = 0
    for at in range(0, len(one), _CHANNELS):
        here, there = one[at : at + _CHANNELS], two[at : at + _CHANNELS]
        count += here != there and any(abs(a - b) > _APART for a, b in zip(here, there, strict=True))
    return count
