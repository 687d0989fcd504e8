"""`tc qdisc` (tc/tc_qdisc.c, q_netem.c, q_tbf.c): how an interface lets its frames go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools import tc_fifo
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip_netns import named
from netsandbox.commands.tools.names import in_order, interface_named
from netsandbox.commands.tools.words import Words, choose, number_of
from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.linux.core.fifo import Fifo
from netsandbox.linux.core.queueing import Discipline, Netem, Share, Tbf

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.interface import Interface

COMMANDS = ("add*", "change*", "replace*", "link*", "delete*", "show*", "list*", "lst*", "help*")
OBJECTS = ("qdisc*", "class*", "filter*", "chain*", "actions*", "monitor*", "exec*", "help*")
OPTIONS = ("statistics", "stats", "details", "raw", "pretty", "batch", "netns", "nm", "names", "json", "color",
           "oneline", "timestamp", "tshort", "iec", "force", "graph", "conf", "cf", "br", "brief")
VERSION = "tc utility, iproute2-6.15.0, libbpf 1.5.0\n"
OTHER_KINDS = ("cake", "cbs", "choke", "clsact", "codel", "drr", "etf", "ets", "fq", "fq_pie", "hfsc", "hhf", "htb",
               "ingress", "mq", "mqprio", "multiq", "pie", "plug", "prio", "qfq", "red", "sfb", "sfq", "skbprio",
               "taprio", "teql0")
"""What a real kernel has as well."""
KINDS: dict[str, type[Discipline]] = {"netem": Netem, "tbf": Tbf, **tc_fifo.KINDS}
FIRST_HANDLE = 0x8001
TIMES = {"": MICROSECOND, "us": MICROSECOND, "usec": MICROSECOND, "usecs": MICROSECOND, "ms": MILLISECOND,
         "msec": MILLISECOND, "msecs": MILLISECOND, "s": SECOND, "sec": SECOND, "secs": SECOND, "ns": 1}
RATES = {"": 1, "bit": 1, "kbit": 10**3, "mbit": 10**6, "gbit": 10**9, "tbit": 10**12, "bps": 8, "kbps": 8 * 10**3,
         "mbps": 8 * 10**6, "gbps": 8 * 10**9, "kibit": 1024, "mibit": 1024**2, "gibit": 1024**3}
SIZES = {"": 1, "b": 1, "k": 1024, "kb": 1024, "m": 1024**2, "mb": 1024**2, "g": 1024**3, "gb": 1024**3,
         "kbit": 128, "mbit": 128 * 1024}
NUMBER = re.compile(r"(\d+(?:\.\d*)?)([A-Za-z]*)", re.ASCII)


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    words, counted = Words(arguments), False
    while words and words.peek().startswith("-"):
        option = words.next().lstrip("-")
        if option in ("n", "net", "netns"):
            context = context.inside(named(context, words.next()))
            continue
        if option and "Version".startswith(option):
            return ToolResult(0, VERSION, "")
        if not any(one.startswith(option) for one in OPTIONS) or not option:
            raise ToolError(255, f'Option "-{option}" is unknown, try "tc -help".')
        if not ("statistics".startswith(option) or "details".startswith(option)):
            raise ToolError(1, f'netsandbox: `tc -{option}` is not modelled')
        counted = counted or "statistics".startswith(option)
    thing = words.next() if words else "help"
    found = choose(thing, OBJECTS)
    if found is None:
        raise ToolError(255, f'Object "{thing}" is unknown, try "tc help".')
    asked = words.next() if words and found == "qdisc" else "show"
    command = choose(asked, COMMANDS)
    if found == "help" or command == "help":
        raise usage("tc", 0)
    if found != "qdisc":
        raise ToolError(1, f"netsandbox: `tc {thing}` is not modelled; there is `tc qdisc`")
    if command in ("show", "list", "lst"):
        return _show(context, words, counted)
    if command is None:
        raise ToolError(255, f'Command "{asked}" is unknown, try "tc qdisc help".')
    _modify(context, command, words)
    return ToolResult(0, "", "")


class Place(NamedTuple):
    """Where a discipline is to be, and of which kind."""

    device: str = ""
    kind: str = ""
    handle: int = 0
    at_root: bool = False


def _place(words: Words) -> Place:
    """What stands before a kind's own options."""
    place = Place()
    while words:
        word = words.next()
        if word == "dev":
            place = place._replace(device=words.next())
        elif word == "root":
            place = place._replace(at_root=True)
        elif word == "handle":
            place = place._replace(handle=_handle(words.next()))
        elif word in ("parent", "ingress", "clsact", "stab", "estimator", "ingress_block", "egress_block"):
            raise ToolError(1, f"netsandbox: {word} of a queueing discipline is not modelled")
        else:
            return place._replace(kind=word)
    return place


def _modify(context: ToolContext, command: str, words: Words) -> None:
    """tc_qdisc_modify."""
    place = _place(words)
    if not place.device:
        _refuse_unknown(place.kind, words)
        raise ToolError(2, "RTNETLINK answers: No such device")
    interface = interface_named(context.namespace, place.device)
    shaper = interface.shaper if isinstance(interface.shaper, Discipline) else None
    if command == "delete":
        if shaper is None or not place.at_root:
            raise ToolError(2, "Error: Cannot delete qdisc with handle of zero." if place.at_root else
                            "Error: Failed to find specified qdisc.")
        shaper.detach()
        return
    if not place.at_root and not place.handle:
        _refuse_unknown(place.kind, words)
        raise ToolError(2, "Error: Handle cannot be zero.")
    if command == "link" and shaper is None:
        raise ToolError(2, "Error: Qdisc not found. To create specify NLM_F_CREATE flag.")
    new = _new(interface, place.kind, place.handle or _free_handle(context), words)
    if not place.at_root:
        raise ToolError(2, "Error: Failed to find specified qdisc." if shaper else "Error: Specified qdisc not found.")
    is_same = shaper is not None and shaper.kind == place.kind
    if command == "add" and is_same:
        raise ToolError(2, "Error: Exclusivity flag on, cannot modify.")
    if command == "change" and not is_same:
        raise ToolError(2, "Error: Qdisc not found. To create specify NLM_F_CREATE flag." if shaper is None else
                        "Error: Invalid qdisc name: must match existing qdisc.")
    if shaper is not None and is_same and not place.handle:
        _take_over(shaper, new)
    else:
        new.attach()


def _new(interface: Interface, kind: str, handle: int, words: Words) -> Discipline:
    """A discipline with the options that follow, not attached yet."""
    _refuse_unknown(kind, words)
    if not kind:
        raise ToolError(2, "Error: Specified qdisc kind is unknown.")
    if kind not in KINDS:
        raise ToolError(1, f"netsandbox: the queueing discipline {kind!r} is not modelled ({', '.join(KINDS)} are)")
    new = KINDS[kind](interface, handle)
    if isinstance(new, Netem):
        _read_netem(new, words)
    elif isinstance(new, Tbf):
        _read_tbf(new, words)
    elif isinstance(new, Fifo):
        tc_fifo.read(new, words, _time)
    return new


def _refuse_unknown(kind: str, words: Words) -> None:
    """A kind that no kernel has; tc itself cannot read what stands behind it."""
    if kind and kind not in KINDS and kind not in OTHER_KINDS:
        if words:
            raise ToolError(1, f'Unknown qdisc "{kind}", hence option "{words.next()}" is unparsable')
        raise ToolError(2, "Error: Specified qdisc kind is unknown.")


def _take_over(old: Discipline, new: Discipline) -> None:
    """`change`: the queue, the handle and what was counted stay."""
    for name in ("handle", "limit", "waiting", "serial", "bytes", "packets", "dropped", "overlimits", "requeues"):
        setattr(new, name, getattr(old, name))
    if isinstance(new, Netem) and isinstance(old, Netem) and not new.is_seeded:
        new.seed = old.seed
    kept = {name: value for name, value in vars(new).items() if name != "interface"}
    vars(old).update(kept)


def _free_handle(context: ToolContext) -> int:
    taken = {shaper.handle for one in context.namespace.interfaces.values()
             if isinstance(shaper := one.shaper, Discipline)}
    handle = FIRST_HANDLE
    while handle in taken:
        handle += 1
    return handle


def _handle(word: str) -> int:
    text = word.removesuffix("0").removesuffix(":") if word.endswith(":0") else word.removesuffix(":")
    if not re.fullmatch(r"[0-9a-fA-F]{1,4}", text):
        raise ToolError(1, f'Error: argument "{word}" is wrong: invalid qdisc ID')
    return int(text, 16)


def _read_netem(new: Netem, words: Words) -> None:
    """netem_parse_opt."""
    shares = {"loss": "loss", "drop": "loss", "duplicate": "duplicate", "reorder": "reorder", "corrupt": "corrupt"}
    while words:
        word = words.next()
        if word == "limit":
            new.most = _number(words.next(), "limit")
        elif word in ("latency", "delay"):
            new.delay = _time(words.next(), "latency")
            if words and NUMBER.fullmatch(words.peek()):
                new.jitter = _time(words.next(), "latency")
                if words and words.peek().endswith("%"):
                    new.delays = Share(0.0, _percent(words.next(), "latency"))
        elif word in shares:
            if word == "loss" and words and words.peek() in ("state", "gemodel"):
                raise ToolError(1, f"netsandbox: `loss {words.peek()}` is not modelled")
            if words and words.peek() == "random":
                words.next()
            elif word in ("loss", "drop") and words and not words.peek()[:1].isdigit():
                raise ToolError(1, f"Unknown loss parameter: {words.peek()}")
            chance = _percent(words.next(), word)
            likeness = _percent(words.next(), word) if words and words.peek().endswith("%") else 0.0
            setattr(new, shares[word], Share(chance, likeness))
        elif word == "gap":
            new.gap = _number(words.next(), "gap")
        elif word == "rate":
            new.rate = max(_rate(words.next()) // 8, 1)
        elif word == "seed":
            new.seed = _number(words.next(), "seed")
            new.is_seeded = True
        elif word in ("distribution", "ecn", "slot"):
            raise ToolError(1, f"netsandbox: {word} of netem is not modelled")
        else:
            raise ToolError(1, f'What is "{word}"?\n{usage("netem").message}')
    if new.reorder.chance and not new.delay:
        raise ToolError(1, "reordering not possible without specifying some delay")
    if new.reorder.chance and not new.gap:
        new.gap = 1
    new.reseed()


def _read_tbf(new: Tbf, words: Words) -> None:
    """tbf_parse_opt."""
    latency, limit = None, None
    new.rate = 0
    while words:
        word = words.next()
        if word == "rate":
            new.rate = _rate(words.next()) // 8
        elif word in ("burst", "buffer", "maxburst"):
            new.burst = _size(words.next().partition("/")[0])
        elif word == "latency":
            latency = _time(words.next(), "latency")
        elif word == "limit":
            limit = _size(words.next())
        elif word in ("peakrate", "mtu", "minburst", "mpu", "overhead", "linklayer"):
            raise ToolError(1, f"netsandbox: {word} of tbf is not modelled")
        else:
            raise ToolError(1, f'What is "{word}"?\n{usage("tbf").message}')
    missing = [text for value, text in (
        (new.rate, 'tbf: the "rate" parameter is mandatory.'), (new.burst, 'tbf: the "burst" parameter is mandatory.'),
        (latency or limit, 'tbf: either "limit" or "latency" is required.')) if not value]
    if missing:
        raise ToolError(1, "\n".join([*missing, str(usage("tbf").message)]))
    new.most = limit if limit is not None else new.rate * (latency or 0) // SECOND + new.burst


def _number(word: str, what: str) -> int:
    value = number_of(word)
    if value is None or value < 0:
        raise ToolError(1, f'Illegal "{what}"')
    return value


def _scaled(word: str, units: dict[str, int], what: str) -> int:
    found = NUMBER.fullmatch(word)
    if found is None or found[2].lower() not in units:
        raise ToolError(1, f'Illegal "{what}"')
    return round(float(found[1]) * units[found[2].lower()])


def _time(word: str, what: str) -> int:
    return _scaled(word, TIMES, what)


def _rate(word: str) -> int:
    return _scaled(word, RATES, "rate")


def _size(word: str) -> int:
    return _scaled(word, SIZES, "burst")


def _percent(word: str, what: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d*)?)%?", word, re.ASCII)
    if found is None or float(found[1]) > 100:
        raise ToolError(1, f'Illegal "{what}"' if what == "latency" else f'Illegal "{what} percent"')
    return float(found[1]) / 100


# -- showing

def _show(context: ToolContext, words: Words, counted: bool) -> ToolResult:
    only = None
    while words:
        word = words.next()
        if word == "dev":
            only = interface_named(context.namespace, words.next())
        elif word not in ("root", "invisible"):
            raise ToolError(255, f'What is "{word}"? Try "tc qdisc help".')
    text = ""
    for interface in in_order(context.namespace):
        if only in (None, interface) and interface.qdisc != "noop":
            text += _described(interface, counted, "" if only is not None else f"dev {interface.name} ")
    return ToolResult(0, text, "")


def _described(interface: Interface, counted: bool, device: str) -> str:
    """print_qdisc."""
    shaper = interface.shaper
    if not isinstance(shaper, Discipline):
        text = f"qdisc {interface.qdisc} 0: {device}root refcnt 2 \n"
        return text + (" Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n"
                       if counted else "")
    settings = tc_fifo.said(shaper, _shown_time) if isinstance(shaper, Fifo) else (
        _netem_words(shaper) if isinstance(shaper, Netem) else _tbf_words(shaper))
    text = f"qdisc {shaper.kind} {shaper.handle:x}: {device}root refcnt 2 {settings}\n"
    if counted:
        held = sum(frame.size for _when, _serial, frame in shaper.waiting)
        text += (f" Sent {shaper.bytes} bytes {shaper.packets} pkt (dropped {shaper.dropped}, overlimits "
                 f"{shaper.overlimits} requeues {shaper.requeues}) \n"
                 f" backlog {held}b {len(shaper.waiting)}p requeues {shaper.requeues}\n")
    return text


def _netem_words(shaper: Netem) -> str:
    """netem_print_opt."""
    shaper.stream  # noqa: B018  (draws the seed, which is shown)
    text = f"limit {shaper.most}"
    if shaper.delay or shaper.jitter:
        text += f" delay {_shown_time(shaper.delay)}"
        if shaper.jitter:
            text += f"  {_shown_time(shaper.jitter)}"
            text += f" {_shown_percent(shaper.delays.likeness)}" if shaper.delays.likeness else ""
    for name in ("loss", "duplicate", "reorder", "corrupt"):
        share = getattr(shaper, name)
        if share.chance:
            text += f" {name} {_shown_percent(share.chance)}"
            text += f" {_shown_percent(share.likeness)}" if share.likeness else ""
    text += f" rate {_shown_rate(shaper.rate * 8)}" if shaper.rate else ""
    text += f" gap {shaper.gap}" if shaper.gap else ""
    return f"{text} seed {shaper.seed}"


def _tbf_words(shaper: Discipline) -> str:
    """tbf_print_opt."""
    assert isinstance(shaper, Tbf)
    latency = max(0, shaper.most - shaper.burst) * SECOND // shaper.rate
    return f"rate {_shown_rate(shaper.rate * 8)} burst {_shown_size(shaper.burst)} lat {_shown_time(latency)} "


def _shown_time(nanoseconds: int) -> str:
    if nanoseconds >= SECOND:
        return f"{nanoseconds / SECOND:.3g}s"
    if nanoseconds >= MILLISECOND:
        return f"{nanoseconds / MILLISECOND:.3g}ms"
    return f"{nanoseconds / MICROSECOND:.3g}us"


def _shown_percent(share: float) -> str:
    return f"{share * 100:g}%"


def _shown_rate(bits: int) -> str:
    for unit, word in ((10**9, "Gbit"), (10**6, "Mbit"), (10**3, "Kbit")):
        if bits >= unit and bits % (unit // 1000 or 1) == 0:
            return f"{bits / unit:g}{word}"
    return f"{bits}bit"


def _shown_size(size: int) -> str:
    for unit, word in ((1024**2, "Mb"), (1024, "Kb")):
        if size >= unit and size * 1024 % unit == 0 and size % (unit // 1024) == 0:
            return f"{size / unit:g}{word}"
    return f"{size}b"
