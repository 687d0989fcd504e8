"""A connection in characters: what each segment says, and what was carried as text or as hex."""

from __future__ import annotations

from netsandbox.commands.verbs.show import table
from netsandbox.explain.words import Words
from netsandbox.lab.flows import Flow, Segment, end_name
from netsandbox.wire.tcp import FIN, PSH, RST, SYN

ROW = 16
FLAGS = ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (PSH, "PSH"))
WORDS = Words({
    "columns": ("#|CLIENT|SERVER|STATE|SEGMENTS|SENT|RECEIVED", "#|客户端|服务器|状态|报文段|发出字节|收到字节"),
    "opening": ("opening", "正在建立"), "open": ("open", "已建立"), "closed": ("closed", "已关闭"),
    "given up": ("given up", "已放弃"), "reset": ("reset", "被重置"), "refused": ("refused", "被拒绝"),
})
"""The head of the table of connections, and how one stands."""


def listing(found: list[Flow], language: str) -> list[str]:
    """A head, and one line for each connection."""
    rows = [(str(number), end_name(flow.client), end_name(flow.server), WORDS.say(flow.state, language),
             *map(str, (len(flow.segments), len(flow.stream(True)), len(flow.stream(False)))))
            for number, flow in enumerate(found, 1)]
    return table(tuple(WORDS.say("columns", language).split("|")), rows).split("\n")


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
