"""A connection in characters: what each segment says, and what was carried as text or as hex."""

from __future__ import annotations

from netsandbox.lab.flows import Flow, Segment, end_name
from netsandbox.wire.tcp import FIN, PSH, RST, SYN

ROW = 16
FLAGS = ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (PSH, "PSH"))


def listing(found: list[Flow]) -> list[str]:
    """One line for each connection."""
    lines = [f"{'#':<4} {'CLIENT':<22} {'SERVER':<22} {'STATE':<8} {'SEGMENTS':>8} {'SENT':>9} {'RECEIVED':>9}"]
    for number, flow in enumerate(found, 1):
        sizes = [len(flow.stream(direction)) for direction in (True, False)]
        lines.append(f"{number:<4} {end_name(flow.client):<22} {end_name(flow.server):<22} {flow.state:<8} "
                     f"{len(flow.segments):>8} {sizes[0]:>9} {sizes[1]:>9}")
    return lines


def label(segment: Segment) -> str:
    """What a segment carries and acknowledges, counted in bytes from each side's first."""
    names = [name for bit, name in FLAGS if segment.flags & bit and (bit != PSH or segment.data)]
    said = ",".join(names)
    if segment.data:
        said += f"{' ' if said else ''}{segment.offset}:{segment.offset + len(segment.data)}"
    if segment.acked is not None:
        said += f"{' ' if said else ''}ACK {segment.acked}"
    if not segment.window and not segment.flags & RST:
        said += " win 0"
    return said or "—"


def text(flow: Flow) -> list[str]:
    """What was said: the client's lines behind `>`, the server's behind `<`."""
    lines = []
    for from_client, data in flow.turns():
        mark = ">" if from_client else "<"
        shown = data.decode("utf-8", "replace")
        lines += [f"{mark} {_printable(line)}" for line in shown.removesuffix("\n").split("\n")]
    return lines or ["no bytes were carried"]


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() or character == "\t" else "·"
                   for character in line.removesuffix("\r"))


def hexdump(flow: Flow) -> list[str]:
    """The same as bytes, with their place in each direction's stream."""
    lines, counts = [], {True: 0, False: 0}
    for from_client, data in flow.turns():
        mark = ">" if from_client else "<"
        for start in range(0, len(data), ROW):
            row = data[start:start + ROW]
            letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            lines.append(f"{mark} {counts[from_client] + start:08x}  {row.hex(' '):<{ROW * 3}} {letters}")
        counts[from_client] += len(data)
    return lines or ["no bytes were carried"]
