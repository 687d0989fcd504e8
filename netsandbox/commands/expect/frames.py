"""Conditions on frames: how many, in which order, when, and what was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from netsandbox.commands.expect.compare import Comparison, comparison, moment, seconds
from netsandbox.commands.expect.condition import Test, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader, Word, hint
from netsandbox.commands.expect.selection import (
    WORDS,
    Filter,
    Selection,
    describe,
    frames,
    predicate,
    read_filter,
    read_selection,
    since,
)
from netsandbox.commands.expect.words import PHRASES
from netsandbox.engine.trace import Record
from netsandbox.lab import frame_log
from netsandbox.lab.frame_log import ends
from netsandbox.lab.tables import LogRow
from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import PacketDropped
from netsandbox.wire.describe import info, protocol_name
from netsandbox.wire.ethernet import ETH_P_IP, Frame

SHOWN = 8  # Frames that a message shows
WHICH = "[WHICH]"
PLACE = ("WHICH chooses frames, in any order of words: on PLACE (NODE, NODE:IFACE, a bridge such as docker0, or "
         "`ports of BRIDGE`), in or out, from and to (MAC, NODE, NODE:IFACE or everyone: the addresses in the Ethernet "
         "header), bytes OFFSET HEX, saying TEXT, since start (or since N, the number of a frame, or since N lines), "
         "and last where FILTER.")


@condition(
    "frames", f"frames COUNT {WHICH}",
    summary=(("So many lines of the frame log, which has one for each frame at each interface; since the last command "
              f"line, unless `since` says otherwise. COUNT is 4, >= 3 or 1..3; `no frames` is "
              f"`frames 0`. {PLACE}"),
             ("帧列表中有这么多行（每个帧在每个接口上一行）；从上一行命令算起，除非 `since` 另有说明。COUNT 写成 4、"
              ">= 3 或 1..3；`no frames` 就是 `frames 0`。WHICH 选择帧，各部分顺序不限：on PLACE（NODE、NODE:IFACE、"
              "docker0 这样的网桥，或 `ports of BRIDGE`），in 或 out，from 和 to（MAC、NODE、NODE:IFACE 或 everyone："
              "以太网头部中的地址），bytes OFFSET HEX，saying TEXT，since start（或 since N，帧的编号，或 since N "
              "lines），最后是 where FILTER。")),
    examples=(("frames 4 in on ports of docker0 where arp or icmp",
               "four frames came into docker0",
               "docker0 收到四个帧"),
              ("frames 0 on pc3:eth0 where icmp", "pc3 saw nothing of the ping", "pc3 没有看到 ping 的任何帧"),
              ("frames 1 out on nginx-1:eth0 to everyone where arp", "one request left", "发出了一个请求")),
    of_event=True)
def _frames(reader: Reader) -> Test:
    if reader.negated and not _is_count(reader.peek()):
        count, reader.negated = Comparison("=", 0), False
    else:
        count = comparison(reader, "a count")
    selection = read_selection(reader)
    return lambda context: _count(context, count, selection)


def _is_count(word: str) -> bool:
    return word[:1] in tuple("0123456789=!<>≥≤≠")


def _counted_as(count: Comparison) -> str:
    """The phrase that fits a number: none, one, some or so many."""
    if count.is_some:
        return "frames.some"
    return f"frames.{count.number}" if count.sign == "=" and count.number < 2 else "frames"


def _count(context: Context, count: Comparison, selection: Selection) -> Verdict:
    say = context.say
    which = describe(context, selection)
    expected = context.wish = context.expects(_counted_as(count), count=count.text(say), which=which)
    rows = frames(context, selection)
    found = say({0: "frames.none", 1: "frames.found.1"}.get(len(rows), "frames.found"), count=str(len(rows)))
    if not rows and selection.filter.text:
        others = frames(context, selection._replace(filter=Filter("", None)))
        found = say("frames.others" if others else "frames.none", count=str(len(others)))
        rows = others
        return Verdict(count.holds(0), expected, found, tuple(rows[-SHOWN:]))
    return Verdict(count.holds(len(rows)), expected, found, tuple(rows[:SHOWN]))


@condition(
    "frame", "frame at TIME [± TIME] " + WHICH,
    summary=(("One of these frames passed at that time, counted from the last command line (or from what `since` "
              "names). Without ±, the time may be off by 1 ms."),
             "这样的帧有一个在那个时间经过，从上一行命令（或 `since` 指明的地方）算起。不写 ± 时，允许相差 1 ms。"),
    examples=(("frame at 5s ± 0.3s out on nginx-2:eth0 where arp",
               "nginx-2 asks after five seconds",
               "nginx-2 在五秒后询问"),),
    of_event=True)
def _frame(reader: Reader) -> Test:
    reader.require("at", "at TIME")
    when, tolerance = moment(reader)
    selection = read_selection(reader)
    return lambda context: _at(context, when, tolerance, selection)


def _at(context: Context, when: int, tolerance: int, selection: Selection) -> Verdict:
    say, which = context.say, describe(context, selection)
    expected = context.wish = context.expects("frame.at", time=seconds(when), tolerance=seconds(tolerance), which=which)
    start = since(context, selection.since).at
    rows = frames(context, selection)
    if not rows:
        return Verdict(False, expected, say("frame.none", which=which))
    nearest = min(rows, key=lambda row: abs(row.at - start - when))
    away = nearest.at - start
    return Verdict(abs(away - when) <= tolerance, expected, say("frame.near", time=seconds(away)), (nearest,))


@condition(
    "order", "order [WHICH] where FILTER then FILTER [then FILTER …]",
    summary=("Frames that match these filters came in this order; others may stand between them.",
             "符合这些过滤条件的帧按这个顺序到来；中间可以有别的帧。"),
    examples=(("order in on ports of docker0 where arp and broadcast then arp and src nginx-2 then icmp",
               "request, reply, ping",
               "请求、应答、ping"),),
    of_event=True)
def _order(reader: Reader) -> Test:
    words = reader.words
    place = next((at for at, word in enumerate(words) if word.text == "where" and not word.quoted), None)
    reader.words = words if place is None else words[:place]
    selection = read_selection(reader)
    reader.finish("order [WHICH] where FILTER then FILTER")
    reader.words, reader.at = words, reader.at + 1
    if place is None:
        reader.at = len(words)
        reader.take("`where FILTER then FILTER`")
    filters = [read_filter(reader, part) for part in _split(reader)]
    return lambda context: _in_order(context, selection, filters)


def _split(reader: Reader) -> Iterator[Word]:
    """The pieces between `then`."""
    part: list[Word] = []
    while not reader.is_done:
        word = reader.take("a filter")
        if word.text == "then" and not word.quoted:
            yield _joined(reader, part, word)
            part = []
        else:
            part.append(word)
    yield _joined(reader, part, None)


def _joined(reader: Reader, part: list[Word], following: Word | None) -> Word:
    if not part:
        start = following.start if following else len(reader.text)
        return Word("", start, start)
    if len(part) == 1 and part[0].quoted:
        return part[0]._replace(start=part[0].start + 1)
    start, end = part[0].start, part[-1].end
    return Word(reader.text[start:end], start, end)


def _in_order(context: Context, selection: Selection, filters: list[Filter]) -> Verdict:
    say = context.say
    kept: list[LogRow] = []
    texts = say("then").join(f"`{chosen.text}`" for chosen in filters)
    expected = context.wish = context.expects("order", which=describe(context, selection), filters=texts)
    rows = frames(context, selection)
    tests = [predicate(context, selection._replace(filter=chosen)) for chosen in filters]
    for row in rows:
        if len(kept) < len(tests) and tests[len(kept)](row):
            kept.append(row)
    if len(kept) == len(filters):
        return Verdict(True, expected, say("order.found", count=str(len(filters))), tuple(kept))
    stop = say("order.stops", done=str(len(kept)), count=str(len(filters)), filter=filters[len(kept)].text)
    return Verdict(False, expected, stop, tuple(rows[:SHOWN]))


@condition(
    "drop", "drop [REASON] [at PLACE] [WHICH]",
    summary=("A frame or packet was dropped; REASON is the kernel's name of the reason, as the frame log shows it.",
             "有帧或包被丢弃；REASON 是内核对原因的命名，与帧列表显示的相同。"),
    examples=(("drop NEIGH_FAILED at pc1", "nobody answered pc1's ARP requests", "没有人回答 pc1 的 ARP 请求"),
              ("drop OTHERHOST at pc3:eth0",
               "pc3's card ignored a frame for another",
               "pc3 的网卡忽略了发给别人的帧"),
              ("no drop", "nothing was dropped", "没有丢弃")),
    of_event=True)
def _drop(reader: Reader) -> Test:
    names = [reason.name for reason in DropReason]
    reason = ""
    if not reader.is_done and reader.peek().lower() not in ("at", "on", "in", "out", *WORDS):
        word = reader.take("a reason")
        reason = word.text.upper()
        if reason not in names:
            raise reader.wrong(f"no drop reason {word.text[:40]!r}{hint(word.text, names)}", word)
    selection = read_selection(reader, at_is_place=True)
    return lambda context: _dropped(context, reason, selection)


def _dropped(context: Context, reason: str, selection: Selection) -> Verdict:
    say = context.say
    key = f"reason.{reason}"
    named = say("drop.named", words=say(key), reason=reason) if key in PHRASES else (
        say("drop.reason", reason=reason) if reason else "")
    expected = context.wish = context.expects("drop", reason=named, which=describe(context, selection))
    rows = list(drops(context, selection))
    kept = [row for row in rows if reason in ("", row.reason)]
    if not kept:
        found = say("drop.others", reasons=_reasons(rows)) if rows else say("drop.none")
        return Verdict(False, expected, found, tuple(rows[:SHOWN]))
    found = say("drop.found", count=str(len(kept)), reasons=_reasons(kept))
    return Verdict(True, expected, found, tuple(kept[:SHOWN]), context.why(kept[0].seq))


def _reasons(rows: list[LogRow]) -> str:
    return ", ".join(f"{reason} ×{count}" for reason, count in Counter(row.reason for row in rows).items())


def drops(context: Context, selection: Selection) -> Iterator[LogRow]:
    """What was dropped: frames at interfaces, and packets inside a stack."""
    keep, start = predicate(context, selection), since(context, selection.since).seq
    rows = [row for row in frame_log.rows(context.lab, start) if row.dropped]
    rows += [_packet_row(context, record) for record in context.lab.trace.since(start)
             if isinstance(record.event, PacketDropped)]
    yield from filter(keep, sorted(rows))


def _packet_row(context: Context, record: Record) -> LogRow:
    """A packet that ended inside a stack, as a row of the log: it has no interface."""
    event = record.event
    frame = Frame(0, 0, ETH_P_IP, event.packet)
    source, destination = ends(context.namer, frame, record.seq)
    return LogRow(record.seq, record.at, record.step, event.namespace, "", "", source, destination,
                  protocol_name(frame), info(frame), "dropped", True, event.verdict.reason.name, size=frame.size)
