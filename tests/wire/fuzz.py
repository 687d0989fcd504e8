"""Random frames through everything in `wire`, by hand and for as long as one likes.

    python -m tests.wire.fuzz 10000000 [--seed 1]

Half of the frames are random bytes behind a likely EtherType; the others are
samples and other valid frames with some bytes changed, cut off or doubled,
which get further. Of each, what tests/wire checks: it is parsed and comes back
exactly, it is dissected with every byte in its place, and it has a description.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from netsandbox.wire.describe import info, line, protocol_name
from netsandbox.wire.describe_out import Conversations
from netsandbox.wire.dissect import dissect
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.layers import Dissection, Field, Layer
from tests.wire.samples import CASES, SAMPLES, kernel_frames

LONGEST = 120
"""Bytes of a random frame; and of a valid one before it is damaged, so that a run is not spent on payloads."""
REPORT_EVERY = 100_000
LIKELY = [bytes.fromhex(start) for start in (
    "0806", "0806 0001 0800 06 04 0001", "0800", "0800 45", "0800 4500 001c", "0800 4500 0030 0000 0000 40 01",
    "0800 4500 0030 0000 0000 40 06", "0800 4500 0030 0000 0000 40 11", "0800 46", "0800 4f", "0800 45c0", "88b5",
    "86dd", "0026")]


def random_frame(chance: random.Random) -> bytes:
    start = chance.choice(LIKELY)
    return chance.randbytes(12) + start + chance.randbytes(chance.randrange(LONGEST - 12 - len(start)))


def damaged_frame(chance: random.Random, valid: list[bytes]) -> bytes:
    data = bytearray(chance.choice(valid))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        data[chance.randrange(len(data))] = chance.choice((0, 1, 4, 6, 8, 17, 69, 127, 255, chance.randrange(256)))
    match chance.randrange(6):
        case 0:
            del data[chance.randrange(14, len(data) + 1):]
        case 1:
            at = chance.randrange(len(data))
            data[at:at] = data[at:at + chance.randrange(40)]
        case 2:
            data += chance.randbytes(chance.randrange(20))
    return bytes(data)


def check(data: bytes, conversations: Conversations) -> None:
    frame = Frame.parse(data)
    assert frame.encode() == data, "other bytes"
    assert frame.size == len(data), "another size"
    check_tree(dissect(data), len(data))
    assert line(data), "no line"
    assert line(data, True, conversations), "no verbose line"
    text = info(frame)
    assert text, "no information"
    assert "\n" not in text, "more than one line"
    assert protocol_name(frame), "no protocol"


def check_tree(dissection: Dissection, size: int) -> None:
    at = 0
    for layer in dissection.layers:
        assert layer.start == at, "layers with a gap"
        at = layer.end
        check_layer(layer)
    assert at == size, "bytes behind the layers"


def check_layer(layer: Layer) -> None:
    covered = layer.start
    parts: list[Field | Layer] = [*layer.fields, *layer.layers]
    for start, end in sorted((part.start, part.end) for part in parts):
        assert layer.start <= start < end <= layer.end, "a field outside its layer"
        assert start <= covered, "fields with a gap"
        covered = max(covered, end)
    assert covered == layer.end, "bytes behind the fields"
    for inner in layer.layers:
        check_layer(inner)


def run(count: int, seed: int) -> bytes | None:
    """The first frame that fails, already reported; None when all hold."""
    chance = random.Random(seed)
    valid = [frame.wire()[:LONGEST] for frame in SAMPLES.values()]
    if CASES.is_dir():
        valid += [data[:LONGEST] for data in kernel_frames()]
    conversations: Conversations = {}
    began = time.perf_counter()
    for number in range(1, count + 1):
        data = random_frame(chance) if number % 2 else damaged_frame(chance, valid)
        try:
            check(data, conversations)
        except Exception as error:  # noqa: BLE001 - to find any is what this is for
            print(f"frame {number} of seed {seed}: {type(error).__name__}: {error}\n{data.hex()}")
            return data
        if number % REPORT_EVERY == 0:
            conversations.clear()
            print(f"{number} frames, {number / (time.perf_counter() - began):.0f} a second", flush=True)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description="Random frames through parse, dissect and describe.")
    parser.add_argument("count", type=int, help="how many frames")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    return 0 if run(arguments.count, arguments.seed) is None else 1


if __name__ == "__main__":
    sys.exit(main())
