"""What `tc` says of htb and its classes (tc/q_htb.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import illegal, shown_rate, shown_size
from netsandbox.commands.tools.word_values import LARGEST, number_of, within
from netsandbox.commands.tools.words import Words
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.ipv4.htb import LEAST_QUANTUM, MOST_QUANTUM, Htb, HtbClass, Settings

TICK = 64  # Nanoseconds in which the packet scheduler counts a burst
USUAL_BURST = 1600  # Bytes, and what the rate makes in the shortest while that the kernel's clock knows
BURSTS = {"burst": "burst", "buffer": "burst", "maxburst": "burst", "cburst": "cburst", "cbuffer": "cburst",
          "cmaxburst": "cburst"}


def read(new: Htb, words: Words, _old: Htb | None) -> None:
    """htb_parse_opt."""
    while words:
        word = words.next()
        if word == "default":
            text = words.next()
            number = number_of(f"0x{text.removeprefix('0x')}")
            if number is None or number > LARGEST:
                raise _explained(illegal("default"))
            new.default = number & 0xFFFF
        elif word == "r2q":
            new.r2q = within(words.next(), _explained(illegal("r2q"))) or 1
        elif word == "direct_qlen":
            new.queue_length = within(words.next(), _explained(illegal("direct_qlen")))
        elif word in ("debug", "offload"):
            raise ToolError(1, f"netsandbox: {word} of htb is not modelled")
        else:
            raise _unknown(word)


def _explained(complaint: ToolError) -> ToolError:
    return ToolError(1, f"{complaint.message}\n{usage('htb').message}")


def _unknown(word: str) -> ToolError:
    lead = "" if word == "help" else f'What is "{word}"?\n'
    return ToolError(1, f"{lead}{usage('htb').message}")


def read_class(words: Words) -> Settings:
    """htb_parse_class_opt."""
    found: dict[str, int] = {}
    while words:
        word = words.next()
        name = BURSTS.get(word, word)
        if word in ("rate", "ceil"):
            found[word] = numbers.rate(words.next(), _explained(illegal(word))) // 8
        elif word in BURSTS:
            found[name] = numbers.size(words.next().partition("/")[0], _explained(illegal(
                "buffer" if name == "burst" else "cbuffer")))
        elif word in ("prio", "quantum", "mpu", "overhead"):
            most = 0xFFFF if word in ("mpu", "overhead") else LARGEST
            found[word] = within(words.next(), _explained(illegal(word)), high=most)
        elif word in ("mtu", "linklayer", "slot", "pslot"):
            raise ToolError(1, f"netsandbox: {word} of a class of htb is not modelled")
        else:
            raise _unknown(word)
    if not found.get("rate"):
        raise ToolError(1, '"rate" is required.')
    return _settings(found)


def _settings(found: dict[str, int]) -> Settings:
    rate = found["rate"]
    ceil = found.get("ceil") or rate
    return Settings(rate, ceil, _time_of(found.get("burst", USUAL_BURST + rate // SECOND), rate),
                    _time_of(found.get("cburst", USUAL_BURST + ceil // SECOND), ceil),
                    found.get("prio", 0), found.get("quantum", 0), found.get("overhead", 0), found.get("mpu", 0))


def _time_of(size: int, rate: int) -> int:
    """tc_calc_xmittime."""
    return -(-size * SECOND // (rate * TICK)) * TICK


def text(htb: Htb, in_detail: bool) -> str:
    """htb_print_opt."""
    version = "ver 3.17 " if in_detail else ""
    default = f"{htb.default:#x}" if htb.default else "0"
    return (f"r2q {htb.r2q} default {default} direct_packets_stat {htb.direct} {version}"
            f"direct_qlen {htb.queue_length}")


def members(htb: Htb) -> dict[str, Any]:
    return {"r2q": htb.r2q, "default": f"{htb.default:#x}" if htb.default else "0", "direct_packets_stat": htb.direct,
            "direct_qlen": htb.queue_length}


# -- classes

def modify(htb: Htb, command: str, number: int, parent: int, words: Words) -> str:
    """tc_ctl_tclass, htb_change_class.

    Args:
        number, parent: of classes; 0: none was named.

    Returns:
        What the kernel warns of.
    """
    one = htb.find(number)
    if command == "delete":
        if one is None:
            raise KernelError("ENOENT")
        htb.remove(one)
        return ""
    said = read_class(words)
    if one is not None and command == "add":
        raise KernelError("EEXIST")
    if one is None and command == "change":
        raise KernelError("ENOENT")
    if not number:
        raise KernelError("EINVAL")
    if one is None:
        htb.add(number, htb.find(parent), said)
    else:
        one.said = said
    return _warning(htb, number, said)


def _warning(htb: Htb, number: int, said: Settings) -> str:
    by_rate = said.rate // htb.r2q
    what = "small" if by_rate < LEAST_QUANTUM else "big" if by_rate > MOST_QUANTUM else ""
    one = htb.find(number)
    if said.quantum or not what or one is None or one.level:
        return ""
    return f"Warning: sch_htb: quantum of class {htb.handle << 16 | number:X} is {what}. Consider r2q change.\n"


def class_text(one: HtbClass, in_detail: bool) -> str:
    """htb_print_opt, behind where the class is."""
    said = one.said
    text = "" if one.level else f"prio {said.prio} " + (f"quantum {one.quantum} " if in_detail else "")
    text += f"rate {shown_rate(said.rate * 8)} " + (f"overhead {said.overhead} " if said.overhead else "")
    text += f"ceil {shown_rate(said.ceil * 8)} " + ("linklayer ethernet " if in_detail else "")
    bursts = [f"{name} {shown_size(time * rate // SECOND)}" for name, time, rate in (
        ("burst", said.burst, said.rate), ("cburst", said.cburst, said.ceil))]
    if not in_detail:
        return text + " ".join(bursts)
    mpu = f"/1mpu {shown_size(said.mpu)} "
    return text + "".join(burst + mpu for burst in bursts) + f"level {one.level} "


def class_members(one: HtbClass) -> dict[str, Any]:
    said = one.said
    return {**({} if one.level else {"prio": said.prio}), "rate": said.rate, "ceil": said.ceil,
            "burst": said.burst * said.rate // SECOND, "cburst": said.cburst * said.ceil // SECOND}


def class_counts(one: HtbClass) -> list[dict[str, int]]:
    """htb_print_xstats, line by line."""
    return [{"lended": one.lent, "borrowed": one.borrowed, "giants": 0},
            {"tokens": int(one.tokens / TICK), "ctokens": int(one.ctokens / TICK)}]
