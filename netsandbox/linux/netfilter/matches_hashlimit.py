"""hashlimit: a limit for each address or port by itself (xt_hashlimit.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.netfilter.extension import Given, ImpossibleError, Match, Option, UsageError, as_number, number
from netsandbox.linux.netfilter.extension import transport_ports as ports_of
from netsandbox.linux.netfilter.matches_rate import DEFAULT_BURST, UNITS, Bucket, Rate, read_rate
from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.linux.core.hooks import SocketBuffer
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netfilter.rule import Head

MODES = ("srcip", "srcport", "dstip", "dstport")
SECONDS = dict(UNITS)
GC_INTERVAL = 1000
"""Milliseconds between two looks for entries that have expired."""
MOST = 0xFFFFFFFF
MOST_BURST = 1_000_000


class UnitRate(NamedTuple):
    """A rate, and how many seconds the unit has that it was given in."""

    rate: Rate
    unit: int

    def __str__(self) -> str:
        return str(self.rate)


def read_unit_rate(text: str) -> UnitRate:
    """`3/min`, `5`, `1/s`; bytes (`100kb/s`) are not counted here."""
    if text.partition("/")[0].endswith("b"):
        raise UsageError(f'hashlimit: a rate in bytes is not modelled: "{text}"')
    rate, word = read_rate(text), text.partition("/")[2]
    unit = next((seconds for name, seconds in UNITS if word and name[0] == word[0]), 1)
    return UnitRate(rate, unit)


def read_burst(text: str) -> int:
    burst = as_number(text)
    if burst is None or not 1 <= burst <= MOST_BURST:
        raise UsageError(f'bad value for option "--hashlimit-burst", or out of range (1-{MOST_BURST}).')
    return burst


def read_modes(text: str) -> str:
    words = text.split(",")
    if not set(words) <= set(MODES):
        raise UsageError(f'hashlimit: Bad value for "--hashlimit-mode" option: "{text}"')
    return ",".join(mode for mode in MODES if mode in words)


def _not_modelled(text: str) -> str:
    raise UsageError(f'hashlimit: measuring a rate (rate-match) is not modelled: "{text}"')


class HashLimit(Match):
    """A limit for each address or port by itself.

    An entry that was not asked for during `expiry` milliseconds is forgotten at the next look, and has its
    whole burst again.
    """

    name = "hashlimit"
    default_burst = DEFAULT_BURST
    options = (Option("--hashlimit-upto", read_unit_rate, aliases=("--hashlimit",)),
               Option("--hashlimit-above", read_unit_rate),
               Option("--hashlimit-burst", read_burst, can_negate=False),
               Option("--hashlimit-mode", read_modes, can_negate=False),
               Option("--hashlimit-name", str, can_negate=False, needed=True),
               Option("--hashlimit-htable-size", number(0, MOST), can_negate=False),
               Option("--hashlimit-htable-max", number(0, MOST), can_negate=False),
               Option("--hashlimit-htable-gcinterval", number(0, MOST), can_negate=False),
               Option("--hashlimit-htable-expire", number(0, MOST), can_negate=False),
               Option("--hashlimit-srcmask", number(0, MOST), can_negate=False),
               Option("--hashlimit-dstmask", number(0, MOST), can_negate=False),
               Option("--hashlimit-rate-match", can_negate=False),
               Option("--hashlimit-rate-interval", _not_modelled, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        upto = given.get("--hashlimit-upto")
        if upto is not None and upto.negated:
            del given["--hashlimit-upto"]
            given["--hashlimit-above"] = upto._replace(negated=False)
        if ("--hashlimit-upto" in given) == ("--hashlimit-above" in given):
            raise UsageError("You have to specify --hashlimit")
        if "--hashlimit-rate-match" in given:
            _not_modelled("--hashlimit-rate-match")
        given.setdefault("--hashlimit-burst", Given(False, DEFAULT_BURST))
        for flag in ("--hashlimit-srcmask", "--hashlimit-dstmask"):
            if flag in given and given[flag].value >= 32:
                if given[flag].value > 32:
                    raise ImpossibleError("EINVAL")
                del given[flag]
        _drop_defaults(given)

    def prepare(self) -> None:
        self.buckets: dict[tuple[int, ...], Bucket] = {}
        self.rate: Rate = _rate_of(self.given).rate
        expiry, interval = self.value("--hashlimit-htable-expire"), self.value("--hashlimit-htable-gcinterval")
        self.expiry: int = _rate_of(self.given).unit * 1000 if expiry is None else expiry
        self.interval = (interval or GC_INTERVAL) * MILLISECOND
        self.began: int | None = None

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        cost, burst, now = self.rate.nanoseconds, self.given["--hashlimit-burst"].value, namespace.scheduler.now
        key = self._key(buffer)
        bucket = self._living(key, now)
        if bucket is None:
            bucket = self.buckets[key] = Bucket(now, cost * burst)
        return bucket.take(now, cost, cost * burst) is ("--hashlimit-upto" in self.given)

    def _living(self, key: tuple[int, ...], now: int) -> Bucket | None:
        if self.began is None:
            self.began = now
        bucket, looked = self.buckets.get(key), now - (now - self.began) % self.interval
        return None if bucket is None or looked >= bucket.at + self.expiry * MILLISECOND else bucket

    def _key(self, buffer: SocketBuffer) -> tuple[int, ...]:
        modes = (self.value("--hashlimit-mode") or "").split(",")
        sport, dport = ports_of(buffer) or (0, 0)
        values = {"srcip": buffer.packet.src & self._mask("--hashlimit-srcmask"), "srcport": sport,
                  "dstip": buffer.packet.dst & self._mask("--hashlimit-dstmask"), "dstport": dport}
        return tuple(values[mode] for mode in modes if mode)

    def _mask(self, flag: str) -> int:
        length = self.value(flag)
        return Network(0, 32 if length is None else length).mask

    def listed(self, _numeric: bool) -> str:
        above = "--hashlimit-above" in self.given
        mode = self.value("--hashlimit-mode")
        rest = "".join(f" {option.flag[12:]} {self.value(option.flag)}" for option in self.options
                       if option.flag[12:].startswith(("htable-", "srcmask", "dstmask")) and option.flag in self.given)
        return (f" limit: {'above' if above else 'up to'} {self.rate} burst {self.given['--hashlimit-burst'].value}"
                f"{f' mode {mode}'.replace(',', '-') if mode else ''}{rest}")


def _rate_of(given: dict[str, Given]) -> UnitRate:
    found: UnitRate = (given.get("--hashlimit-upto") or given["--hashlimit-above"]).value
    return found


def _drop_defaults(given: dict[str, Given]) -> None:
    """What iptables does not write: the expiry that the rate's unit, as it is written, has anyway."""
    found = _rate_of(given)
    expiry = given.get("--hashlimit-htable-expire")
    milliseconds = found.unit * 1000 if expiry is None else expiry.value
    given.pop("--hashlimit-htable-expire", None)
    if milliseconds != SECONDS[str(found).partition("/")[2]] * 1000:
        given["--hashlimit-htable-expire"] = Given(False, milliseconds)
    for flag, usual in (("--hashlimit-htable-gcinterval", GC_INTERVAL), ("--hashlimit-htable-size", 0),
                        ("--hashlimit-htable-max", 0)):
        if flag in given and given[flag].value == usual:
            del given[flag]


MATCHES: tuple[type[Match], ...] = (HashLimit,)
