"""How nft words the matches about fields, counts and time (the xlate functions of libxt_NAME.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.linux.netfilter.extension import WORD, Match, write_span
from netsandbox.linux.netfilter.matches.flow import MOST
from netsandbox.linux.netfilter.matches.time import ALL_MONTHDAYS, Time, write_date, write_time

RANDOM_MASK = (1 << 31) - 1
PACKET_TYPES = {"otherhost": "3"}  # Those that nft has no name for


def _dscp(match: Match) -> str:
    given = match.given["--dscp"]
    return f"ip dscp {'!= ' * given.negated}{given.value:#04x}"


def _pkttype(match: Match) -> str:
    given = match.given["--pkt-type"]
    return f"pkttype {'!= ' * given.negated}{PACKET_TYPES.get(given.value, given.value)}"


def _quota(match: Match) -> str:
    given = match.given["--quota"]
    return f"quota {'over ' * given.negated}{given.value} bytes"


def _mss(match: Match) -> str:
    given = match.given["--mss"]
    return f"tcp option maxseg size {'!= ' * given.negated}{write_span(given.value, '-')}"


def _connbytes(match: Match) -> str:
    given, direction = match.given["--connbytes"], match.value("--connbytes-dir")
    what = f"ct {'' if direction == 'both' else f'{direction} '}{match.value('--connbytes-mode')}"
    if given.value.high == MOST:
        return f"{what} {'lt' if given.negated else 'ge'} {given.value.low}"
    return f"{what} {'!= ' * given.negated}{write_span(given.value, '-')}"


def _time(match: Match) -> str:
    assert isinstance(match, Time), "the match of that name"
    if match.monthdays != ALL_MONTHDAYS:
        return 'xt match "time"'
    text = ""
    if "--datestart" in match.given or "--datestop" in match.given:
        text = f'meta time "{write_date(match.begins, " ")}"-"{write_date(match.ends, " ")}"'
    if match.has_hours:
        text += f' meta hour "{write_time(match.first)}"-"{write_time(match.last)}"'
    if "--weekdays" in match.given:
        days = ", ".join(str(day % 7) for day in range(1, 8) if match.weekdays >> day & 1)
        text += f" meta day {f'{{ {days} }}' if ',' in days else days}"
    return text


def _statistic(match: Match) -> str:
    if match.value("--mode") == "random":
        given = match.given["--probability"]
        return f"meta random & {RANDOM_MASK} {'>=' if given.negated else '<'} {given.value}"
    given = match.given["--every"]
    return f"numgen inc mod {given.value} {'!= ' * given.negated}{match.value('--packet')}"


def _owner(match: Match) -> str:
    """One of both; for more it has no words."""
    if len(match.given) != 1 or "--socket-exists" in match.given:
        return 'xt match "owner"'
    (flag, given), = match.given.items()
    name = "skuid" if flag == "--uid-owner" else "skgid"
    return f"{name} {'!= ' * given.negated}{write_span(given.value, '-')}"


def _ecn(match: Match) -> str:
    """Where one of the two flags is negated, both are told so, as iptables 1.8.11 does."""
    flags = {flag: name for flag, name in (("--ecn-tcp-ece", "ecn"), ("--ecn-tcp-cwr", "cwr")) if flag in match.given}
    sign = "!= " * any(match.given[flag].negated for flag in flags)
    words = [f"tcp flags {sign}{name}" for name in flags.values()]
    field = match.given.get("--ecn-ip-ect")
    if field is not None:
        words.append(f"ip ecn {'!= ' * field.negated}{('not-ect', 'ect1', 'ect0', 'ce')[field.value]}")
    return " ".join(words)


def _reverse_path(match: Match) -> str:
    """The way back, as `fib` finds it."""
    flags = match.given.keys()
    parts = ["saddr", *(["mark"] if "--validmark" in flags else []), *([] if "--loose" in flags else ["iif"])]
    own = "" if "--accept-local" not in flags else "fib saddr type != local "
    return f"{own}fib {' . '.join(parts)} oif {'' if '--invert' in flags else '!= '}0"


def _security_parameters(match: Match) -> str:
    given = match.given.get(f"--{match.name}spi")
    if given is None:
        return f"meta l4proto {match.name}"
    return f"{match.name} spi {'!= ' * given.negated}{write_span(given.value, '-')}"


def _groups(match: Match) -> str:
    words = []
    for flag, name in (("--src-group", "iifgroup"), ("--dst-group", "oifgroup")):
        given = match.given.get(flag)
        if given is not None:
            value, mask = given.value
            masked = f"and {mask:#x} {'!=' if given.negated else '=='} " if mask != WORD else "!= " * given.negated
            words.append(f"{name} {masked}{value:#x}")
    return " ".join(words)


def _policy(match: Match) -> str:
    return f"meta secpath {'missing' if match.value('--pol') == 'none' else 'exists'}"


def _helper(match: Match) -> str:
    given = match.given["--helper"]
    return f'ct helper {"!= " * given.negated}"{given.value}"'


def _cpu(match: Match) -> str:
    return f"cpu {'!= ' * match.given['--cpu'].negated}{match.value('--cpu')}"


WORDS: dict[str, Callable[[Match], str]] = {
    "dscp": _dscp, "pkttype": _pkttype, "quota": _quota, "tcpmss": _mss, "connbytes": _connbytes, "time": _time,
    "statistic": _statistic, "owner": _owner, "ecn": _ecn, "rpfilter": _reverse_path,
    "esp": _security_parameters, "ah": _security_parameters, "devgroup": _groups, "policy": _policy, "helper": _helper,
    "cpu": _cpu}
