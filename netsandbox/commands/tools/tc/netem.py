"""What `tc qdisc` says of a bad line (tc/q_netem.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import illegal, shown_percent, shown_rate, shown_time
from netsandbox.commands.tools.word_values import LARGEST, within
from netsandbox.commands.tools.words import Words
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.queueing.netem import DISTRIBUTIONS, Gilbert, Netem, Share

SHARES = {"loss": "loss", "drop": "loss", "duplicate": "duplicate", "reorder": "reorder", "corrupt": "corrupt"}
MOST_SIGNED = (1 << 31) - 1
NUMBERS = {"limit": ("most", LARGEST), "gap": ("gap", LARGEST), "seed": ("seed", (1 << 64) - 1)}
KEPT = {"reorder": "reorder", "corrupt": "corrupt", "rate": "rate", "framing": "rate", "seed": "seed"}
"""What a change leaves as it is, unless the word is said (netem_change): attributes of their own."""
FRAMING = ("packetoverhead", "cellsize", "celloverhead")


def read(new: Netem, words: Words, old: Netem | None) -> None:
    """netem_parse_opt, netem_change (old: the one that is changed, or None)."""
    said: set[str] = set()
    while words:
        word = words.next()
        said.add(SHARES.get(word, word))
        _read_word(new, word, words)
    if "distribution" in said and not new.jitter:
        raise ToolError(1, f"distribution specified but no latency and jitter values\n{usage('netem').message}")
    _check_gap(new)
    for name, word in KEPT.items():
        if old is not None and word not in said:
            setattr(new, name, getattr(old, name))
    new.reseed()


def _read_word(new: Netem, word: str, words: Words) -> None:
    if word in ("latency", "delay"):
        _read_delay(new, words)
    elif word in SHARES:
        _read_share(new, word, words)
    elif word in NUMBERS:
        name, largest = NUMBERS[word]
        setattr(new, name, within(words.next(), illegal(word), high=largest))
    elif word == "rate":
        _read_rate(new, words)
    elif word == "distribution":
        _read_distribution(new, words)
    elif word in ("ecn", "slot"):
        raise ToolError(1, f"netsandbox: {word} of netem is not modelled")
    else:
        lead = "" if word == "help" else f'What is "{word}"?\n'
        raise ToolError(1, f"{lead}{usage('netem').message}")


def _check_gap(new: Netem) -> None:
    if new.reorder.chance and not new.delay:
        raise ToolError(1, f"reordering not possible without specifying some delay\n{usage('netem').message}")
    if new.gap and not new.reorder.chance:
        raise ToolError(1, f"gap specified without reorder probability\n{usage('netem').message}")
    if new.reorder.chance and not new.gap:
        new.gap = 1


def _read_delay(new: Netem, words: Words) -> None:
    word = words.next()
    if numbers.NUMBER.fullmatch(word.removeprefix("-")) and word.startswith("-"):
        raise ToolError(2, "Error: negative latency.")
    new.delay = numbers.time(word, illegal("latency"))
    if words and numbers.NUMBER.fullmatch(words.peek()):
        new.jitter = numbers.time(words.next(), illegal("latency"))
        if words and words.peek().endswith("%"):
            new.delays = Share(0.0, numbers.percent(words.next(), illegal("latency")))


def _read_distribution(new: Netem, words: Words) -> None:
    word = words.next()
    if word in ("paretonormal", "experimental", "custom"):
        raise ToolError(1, f"netsandbox: distribution {word} of netem is not modelled (uniform, normal, pareto are)")
    if word not in ("uniform", *DISTRIBUTIONS):
        folder = "/usr/lib/x86_64-linux-gnu/tc/"
        raise ToolError(1, f"No distribution data for {word} ({folder}/{word}.dist: No such file or directory)")
    new.distribution = "" if word == "uniform" else word


def _read_model(new: Netem, words: Words) -> None:
    """`loss gemodel P [ R [ 1-H [ 1-K ] ] ]`."""
    given = [numbers.percent(words.next(), illegal("loss gemodel p"))]
    for name in ("r", "1-h", "1-k"):
        if not words or not words.peek()[:1].isdigit():
            break
        given.append(numbers.percent(words.next(), illegal(f"loss gemodel {name}")))
    first, *rest = given
    new.model = Gilbert(first, *(*rest, *(1 - first, 1.0, 0.0)[len(rest):]))


def _read_rate(new: Netem, words: Words) -> None:
    """The rate, and up to three numbers for what a line adds to each packet."""
    new.rate = max(numbers.rate(words.next(), illegal("rate")) // 8, 1)
    given: list[int] = []
    while words and len(given) < len(FRAMING) and numbers.NUMBER.fullmatch(words.peek().removeprefix("-")):
        low = 0 if len(given) == 1 else -MOST_SIGNED - 1
        given.append(within(words.next(), illegal("rate"), low, LARGEST if low == 0 else MOST_SIGNED))
    new.framing = (*given, 0, 0, 0)[:3]


def _read_share(new: Netem, word: str, words: Words) -> None:
    if word == "loss" and words and words.peek() == "state":
        raise ToolError(1, "netsandbox: `loss state` is not modelled")
    if word == "loss" and words and words.peek() == "gemodel":
        words.next()
        _read_model(new, words)
        return
    is_loss = SHARES[word] == "loss"
    if is_loss and words and words.peek() == "random":
        words.next()
    if is_loss and words and not words.peek()[:1].isdigit():
        raise ToolError(1, f"Unknown loss parameter: {words.next()}")
    complaint = illegal("loss percent" if is_loss else word)
    chance = numbers.percent(words.next(), complaint)
    likeness = numbers.percent(words.next(), complaint) if words and words.peek().endswith("%") else 0.0
    setattr(new, SHARES[word], Share(chance, likeness))


def text(netem: Netem, _in_detail: bool) -> str:
    """netem_print_opt."""
    text = f"limit {netem.most}"
    if netem.delay or netem.jitter:
        text += f" delay {shown_time(netem.delay)}"
        if netem.jitter:
            text += f"  {shown_time(netem.jitter)}"
            text += f" {shown_percent(netem.delays.likeness)}" if netem.delays.likeness else ""
    if netem.model is not None:
        text += " loss gemodel" + "".join(f" {name} {shown_percent(value)}" for name, value in _model(netem.model))
    for name in ("loss", "duplicate", "reorder", "corrupt"):
        share = getattr(netem, name)
        if share.chance:
            text += f" {name} {shown_percent(share.chance)}"
            text += f" {shown_percent(share.likeness)}" if share.likeness else ""
    if netem.rate:
        text += f" rate {shown_rate(netem.rate * 8)}"
        text += "".join(f" {name} {value}" for name, value in zip(FRAMING, netem.framing, strict=True) if value)
    text += f" seed {netem.drawn_seed}"
    return f"{text} gap {netem.gap}" if netem.gap else text


def _model(model: Gilbert) -> list[tuple[str, float]]:
    return [("p", model.worsens), ("r", model.mends), ("1-h", model.lost), ("1-k", model.lost_when_good)]


def members(netem: Netem) -> dict[str, Any]:
    """The same for JSON, in seconds, shares and bytes a second."""
    found: dict[str, Any] = {"limit": netem.most}
    if netem.delay or netem.jitter:
        found["delay"] = {"delay": _plain(netem.delay / SECOND), "jitter": _plain(netem.jitter / SECOND),
                          "correlation": _plain(netem.delays.likeness)}
    if netem.model is not None:
        found["loss-gemodel"] = {name: _plain(value) for name, value in _model(netem.model)}
    for name in ("loss", "duplicate", "reorder", "corrupt"):
        share = getattr(netem, name)
        if share.chance:
            key = "loss-random" if name == "loss" else name
            found[key] = {name: _plain(share.chance), "correlation": _plain(share.likeness)}
    if netem.rate:
        found["rate"] = {"rate": netem.rate, **dict(zip(FRAMING, netem.framing, strict=True))}
    return found | {"seed": netem.drawn_seed, "ecn": False, "gap": netem.gap}


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 9)
