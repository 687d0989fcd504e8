"""How `conntrack -o` writes an entry: as a line, as XML, or as the options that would make it."""

from __future__ import annotations

from netsandbox.apps.calendar import ctime
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.linux.netfilter.connection import ASSURED, SEEN_REPLY, TOLD_WITH_PORTS, Connection, FlowTuple
from netsandbox.linux.netfilter.listing import NAMES, connection_text, event_text, state_word
from netsandbox.linux.netfilter.track_sctp import SctpTracking
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.ipv4 import ICMP

IPV4 = "ipv4     2 "
XML_BEGIN, XML_END = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n', "</conntrack>\n"
GOLDEN = 2654435761  # An identifier looks like chance (nf_ct_get_id): Knuth's hash of the entry's number


def entry_text(connection: Connection, now: int, outputs: frozenset[str], command: str, uses: int = 1) -> str:
    """One entry that a command shows, with the end of its line."""
    if "save" in outputs:
        return f"-{'D' if command == 'D' else 'A'} {_options(connection, now)}\n"
    if "xml" in outputs:
        return _flow(connection, now, uses, "ktimestamp" in outputs) + "\n"
    start = IPV4 if "extended" in outputs else ""
    end = f" id={identifier(connection)}" if "id" in outputs else ""
    since = _since(connection, "start", connection.began, outputs)
    return f"{start}{connection_text(connection, now).removesuffix(' use=1')}{since} use={uses}{end}\n"


def _since(connection: Connection, name: str, at: int | None, outputs: frozenset[str]) -> str:
    """-o ktimestamp: when it was entered, and at its end when that was."""
    kept = connection.began is not None and at is not None and "ktimestamp" in outputs
    return f" [{name}={ctime(at)}]" if kept and at is not None else ""


def changed_text(connection: Connection, now: int, what: str, outputs: frozenset[str]) -> str:
    """What -E says of one: with -o timestamp, when."""
    second, rest = divmod(EPOCH + now, SECOND)
    at = f"[{second}.{rest // MICROSECOND:06d}]\t" if "timestamp" in outputs else ""
    end = f" id={identifier(connection)}" if "id" in outputs else ""
    is_over = what.startswith("[DESTROY]")
    told = event_text(connection, now, is_over)
    when = _since(connection, "start", connection.began, outputs) + _since(connection, "stop", now, outputs)
    return f"{at}{what}{IPV4 if 'extended' in outputs else ''}{told}{when * is_over}{end}"


def identifier(connection: Connection) -> int:
    return (connection.serial + 1) * GOLDEN & 0xFFFFFFFF


def _left(connection: Connection, now: int) -> int:
    return max(0, connection.expires - now - 1) // SECOND


def _flow(connection: Connection, now: int, uses: int, with_start: bool) -> str:
    there, back = connection.counts or (None, None)
    word = state_word(connection.original.protocol, connection.state)
    state = _tag("state", word) if word else ""
    zone = _tag("zone", connection.original.zone) if connection.original.zone else ""
    status = "<assured/>" * bool(connection.status & ASSURED) + "<unreplied/>" * (not connection.status & SEEN_REPLY)
    return (f"<flow>{_direction('original', connection.original, there)}{_direction('reply', connection.reply, back)}"
            f'<meta direction="independent">{state}{_tag("timeout", _left(connection, now))}'
            f'{_tag("mark", connection.mark)}{zone}{_tag("use", uses)}{_tag("id", identifier(connection))}{status}'
            f"{_age(connection, now, with_start)}</meta></flow>")


def _age(connection: Connection, now: int, with_start: bool) -> str:
    if connection.began is None:
        return ""
    start = _tag("timestamp", _tag("start", EPOCH + connection.began)) if with_start else ""
    return start + _tag("deltatime", now // SECOND - connection.began // SECOND)


def _tag(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>"


def _direction(name: str, flow: FlowTuple, counts: list[int] | None) -> str:
    ports = _tag("sport", flow.sport) + _tag("dport", flow.dport) if flow.protocol in TOLD_WITH_PORTS else ""
    counted = "" if counts is None else _tag("counters", _tag("packets", counts[0]) + _tag("bytes", counts[1]))
    return (f'<meta direction="{name}"><layer3 protonum="2" protoname="ipv4">{_tag("src", format_ipv4(flow.src))}'
            f'{_tag("dst", format_ipv4(flow.dst))}</layer3><layer4 protonum="{flow.protocol}" '
            f'protoname="{NAMES.get(flow.protocol, "unknown")}">{ports}</layer4>{counted}</meta>')


def _options(connection: Connection, now: int) -> str:
    """-o save: what would be told of it to do the same once more."""
    there, back, status = connection.original, connection.reply, connection.status
    names = [name for bit, name in ((SEEN_REPLY, "SEEN_REPLY"), (ASSURED, "ASSURED")) if status & bit]
    words = ["-t", str(_left(connection, now)), "-u", ",".join(names) or "UNSET"]
    words += ["-w", str(there.zone)] if there.zone else []
    words += ["-s", format_ipv4(there.src), "-d", format_ipv4(there.dst),
              "-g" if back.src != there.dst else "-r", format_ipv4(back.src),
              "-n" if back.dst != there.src else "-q", format_ipv4(back.dst),
              "-p", NAMES.get(there.protocol, "unknown")]
    if there.protocol in TOLD_WITH_PORTS:
        words += [f"--sport {there.sport} --dport {there.dport}",
                  f"--reply-port-src {back.sport} --reply-port-dst {back.dport}"]
    elif there.protocol == ICMP:
        words += [f"--icmp-type {there.dport >> 8} --icmp-code {there.dport & 0xFF} --icmp-id {there.sport}"]
    word = state_word(there.protocol, connection.state)
    words += [f"--state {word}"] if word else []
    if isinstance(connection.tcp, SctpTracking):
        words += [f"--orig-vtag {connection.tcp.tags[0]} --reply-vtag {connection.tcp.tags[1]}"]
    return " ".join(words)
