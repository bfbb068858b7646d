"""The payloads as crates/wire documents them, in another language."""

import hashlib
import json
import os
import struct
import time
import zlib

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TILE_CELLS = 64
UNKNOWN, FREE, OCCUPIED, TOUCHED = range(4)
VERSION = 1


def number(text):
    """The 128 bits of an id such as `run_01J…`."""
    value = 0
    for digit in text.split("_", 1)[1]:
        value = value * 32 + DIGITS.index(digit)
    return value


def new_id(prefix):
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    digits = ""
    for _ in range(26):
        value, digit = divmod(value, 32)
        digits = DIGITS[digit] + digits
    return f"{prefix}_{digits}"


def box(width, height):
    """A tile with a free box and a wall around it."""
    cells = [UNKNOWN] * TILE_CELLS * TILE_CELLS
    for row in range(height):
        for column in range(width):
            edge = row in (0, height - 1) or column in (0, width - 1)
            cells[row * TILE_CELLS + column] = OCCUPIED if edge else FREE
    return cells


def encode_cells(cells):
    """Run lengths, the cell in the upper two bits and the length less one in the lower six, under raw deflate."""
    runs = bytearray()
    for cell in cells:
        if runs and runs[-1] >> 6 == cell and runs[-1] & 63 < 63:
            runs[-1] += 1
        else:
            runs.append(cell << 6)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(runs)) + packer.flush()


def tile_pack(pairing, run, tiles, version=VERSION):
    """A pack of `{(column, row): (revision, encoded cells)}`."""
    header = number(pairing).to_bytes(16, "big") + number(run).to_bytes(16, "big")
    pack = bytes([version]) + header + struct.pack(">H", len(tiles))
    for (column, row), (revision, cells) in tiles.items():
        pack += struct.pack(">hhIH", column, row, revision, len(cells)) + cells
    return pack


def digest(tiles):
    """SHA-256 over the index and the packed cells of every tile `{(column, row): cells}`, in order."""
    total = hashlib.sha256()
    for (column, row), cells in sorted(tiles.items()):
        total.update(struct.pack("<hh", column, row))
        quads = zip(*[iter(cells)] * 4)
        total.update(bytes(a | b << 2 | c << 4 | d << 6 for a, b, c, d in quads))
    return total.hexdigest()


def run_event(pairing, run, seq, kind, started_at, **report):
    event = {"v": VERSION, "pairing": pairing, "run": run, "seq": seq, "type": kind}
    event |= {"initiator": {"by": "button"}, "started_at": started_at, "at": started_at + 1000 * seq}
    return json.dumps(event | report).encode()


def finished(pairing, run, seq, started_at, tiles, revision=1):
    """The last event of a run of `{(column, row): cells}`, all of them of one revision."""
    manifest = [[column, row, revision] for column, row in sorted(tiles)]
    report = {"outcome": "completed", "area_cm2": 50_000, "duration_ms": 60_000, "track": [0, 0, 500, 0, 0, 500]}
    report |= {"tiles": manifest, "digest": digest(tiles)}
    return run_event(pairing, run, seq, "finished", started_at, **report)


def status(pairing, seq, **changes):
    report = {"v": VERSION, "pairing": pairing, "boot": 1, "seq": seq, "state": "docked", "battery": 77}
    report |= {"firmware": "1.0", "model": "independent", "settings_version": 0}
    return json.dumps(report | changes).encode()
