"""hashlimit: a limit for each address or port by itself (xt_hashlimit.c)."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.connection import TOLD_WITH_PORTS
from netsandbox.linux.netfilter.extension import (
    BadValueError,
    Given,
    ImpossibleError,
    Match,
    Option,
    UsageError,
    as_number,
    number,
    only_one,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.headers import PORTS_SIZE, raw_header, transport_ports
from netsandbox.linux.netfilter.matches.hashlimit_bytes import (
    BURST_EXPIRY,
    FACTORS,
    ByteBucket,
    ByteBurst,
    ByteRate,
    read_byte_rate,
)
from netsandbox.linux.netfilter.matches.rate import DEFAULT_BURST, UNITS, Bucket, Rate, rate_of
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4

MODES = ("srcip", "srcport", "dstip", "dstport")
SECONDS = dict(UNITS)
GC_INTERVAL = 1000  # Milliseconds between two looks for entries that have expired
MOST = 0xFFFFFFFF
MOST_BURST = 1_000_000
ALL_BITS = 32


class PacketBucket(Bucket):
    """Credit for packets, in nanoseconds."""

    __slots__ = ("cost", "most")

    def __init__(self, at: int, cost: int, most: int) -> None:
        super().__init__(at, most)
        self.cost, self.most = cost, most

    def spend(self, now: int, _length: int) -> bool:
        return self.take(now, self.cost, self.most)


class UnitRate(NamedTuple):
    """A rate, and how many seconds the unit has that it was given in."""

    rate: Rate
    unit: int

    def __str__(self) -> str:
        return str(self.rate)

    def bucket(self, now: int, burst: int | ByteBurst | None) -> PacketBucket:
        assert isinstance(burst, int)
        return PacketBucket(now, self.rate.nanoseconds, self.rate.nanoseconds * burst)


def read_unit_rate(text: str) -> UnitRate | ByteRate:
    """`3/min`, `5`, `1/s`; or bytes: `100kb/s`."""
    if "b/s" in text[1:]:
        return read_byte_rate(text)
    rate, word = rate_of(text, "\n"), text.partition("/")[2].lower()
    if rate is None:
        raise BadValueError(f'Bad value for OPTION option: "{text}"')
    unit = next((seconds for name, seconds in UNITS if word and name[0] == word[0]), 1)
    return UnitRate(rate, unit)


def read_burst(text: str) -> int:
    """Packets; or bytes, with their unit's letter (parse_burst)."""
    match = re.match("([0-9]{1,19})(.?)", text)
    if match is None or not int(match[1]) or (not match[2] and int(match[1]) > MOST_BURST):
        raise UsageError(f'bad value for option "--hashlimit-burst", or out of range (1-{MOST_BURST}).')
    return int(match[1]) * FACTORS.get(match[2], 1)


def read_mask(text: str) -> int:
    """A length or a dotted mask; the kernel is asked about lengths that there are not."""
    try:
        length = as_number(text)
        return parse_ipv4(text).bit_count() if length is None else length
    except AddressError:
        raise BadValueError(
            "bad value for option OPTION, neither a valid network mask nor valid CIDR (0-32).\n") from None


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
               Option("--hashlimit-srcmask", read_mask, can_negate=False),
               Option("--hashlimit-dstmask", read_mask, can_negate=False),
               Option("--hashlimit-rate-match", can_negate=False),
               Option("--hashlimit-rate-interval", _not_modelled, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        upto = given.get("--hashlimit-upto")
        if upto is not None and upto.negated:
            del given["--hashlimit-upto"]
            given["--hashlimit-above"] = upto._replace(negated=False)
        only_one(cls.name, given, ("--hashlimit-upto", "--hashlimit-above"))
        if "--hashlimit-upto" not in given and "--hashlimit-above" not in given:
            raise UsageError("You have to specify --hashlimit")
        super().check(given, head)
        if "--hashlimit-rate-match" in given:
            _not_modelled("--hashlimit-rate-match")
        _check_rate(given)
        for flag in ("--hashlimit-srcmask", "--hashlimit-dstmask"):
            if flag in given and given[flag].value >= ALL_BITS:
                if given[flag].value > ALL_BITS:
                    raise ImpossibleError("EINVAL")
                del given[flag]
        _drop_defaults(given)

    def prepare(self) -> None:
        self.buckets: dict[tuple[int, ...], PacketBucket | ByteBucket] = {}
        self.rate = _rate_of(self.given)
        expiry, interval = self.value("--hashlimit-htable-expire"), self.value("--hashlimit-htable-gcinterval")
        self.expiry: int = _unit_of(self.given) * 1000 if expiry is None else expiry
        self.interval = (interval or GC_INTERVAL) * MILLISECOND
        self.began: int | None = None

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        now = namespace.scheduler.now
        key = self._key(buffer)
        bucket = self._living(key, now)
        if bucket is None:
            bucket = self.buckets[key] = self.rate.bucket(now, self.value("--hashlimit-burst"))
        return bucket.spend(now, buffer.packet.total_length) is ("--hashlimit-upto" in self.given)

    def _living(self, key: tuple[int, ...], now: int) -> PacketBucket | ByteBucket | None:
        if self.began is None:
            self.began = now
        bucket, looked = self.buckets.get(key), now - (now - self.began) % self.interval
        return None if bucket is None or looked >= bucket.at + self.expiry * MILLISECOND else bucket

    def _key(self, buffer: SocketBuffer) -> tuple[int, ...]:
        modes = (self.value("--hashlimit-mode") or "").split(",")
        sport, dport = self._ports(buffer) if "srcport" in modes or "dstport" in modes else (0, 0)
        values = {"srcip": buffer.packet.src & self._mask("--hashlimit-srcmask"), "srcport": sport,
                  "dstip": buffer.packet.dst & self._mask("--hashlimit-dstmask"), "dstport": dport}
        return tuple(values[mode] for mode in modes if mode)

    @staticmethod
    def _ports(buffer: SocketBuffer) -> tuple[int, int]:
        """Of a later fragment what stands there (hashlimit_init_dst)."""
        if buffer.packet.protocol not in TOLD_WITH_PORTS:
            return 0, 0
        raw_header(buffer, PORTS_SIZE, of_fragments=True)
        return transport_ports(buffer, of_fragments=True) or (0, 0)

    def _mask(self, flag: str) -> int:
        length = self.value(flag)
        return Network(0, 32 if length is None else length).mask

    def listed(self, _numeric: bool) -> str:
        above = "--hashlimit-above" in self.given
        mode = self.value("--hashlimit-mode")
        rest = "".join(f" {option.flag[12:]} {self.value(option.flag)}" for option in self.options
                       if option.flag[12:].startswith(("htable-", "srcmask", "dstmask")) and option.flag in self.given)
        burst = self.value("--hashlimit-burst")
        return (f" limit: {'above' if above else 'up to'} {_rate_of(self.given)}{f' burst {burst}' if burst else ''}"
                f"{f' mode {mode}'.replace(',', '-') if mode else ''}{rest}")


def _rate_of(given: dict[str, Given]) -> UnitRate | ByteRate:
    found: UnitRate | ByteRate = (given.get("--hashlimit-upto") or given["--hashlimit-above"]).value
    return found


def _unit_of(given: dict[str, Given]) -> int:
    """Seconds that an entry lives where nothing is said of it."""
    found = _rate_of(given)
    return BURST_EXPIRY if isinstance(found, ByteRate) and "--hashlimit-burst" in given else found.unit


def _check_rate(given: dict[str, Given]) -> None:
    """A burst of packets is there in any case; one of bytes is so many seconds of the rate."""
    rate, burst = _rate_of(given), given.get("--hashlimit-burst")
    if isinstance(rate, UnitRate):
        given.setdefault("--hashlimit-burst", Given(False, DEFAULT_BURST))
    elif burst is not None:
        given["--hashlimit-burst"] = Given(False, rate.burst(burst.value))
    if isinstance(rate, ByteRate) and not rate.credits:
        raise ImpossibleError("EINVAL")


def _drop_defaults(given: dict[str, Given]) -> None:
    """What iptables does not write: the expiry that the rate's unit, as it is written, has anyway."""
    found, expiry, unit = _rate_of(given), given.get("--hashlimit-htable-expire"), _unit_of(given)
    usual_unit = SECONDS[str(found).partition("/")[2]] if isinstance(found, UnitRate) else unit
    milliseconds = unit * 1000 if expiry is None else expiry.value
    given.pop("--hashlimit-htable-expire", None)
    if milliseconds != usual_unit * 1000:
        given["--hashlimit-htable-expire"] = Given(False, milliseconds)
    for flag, usual in (("--hashlimit-htable-gcinterval", GC_INTERVAL), ("--hashlimit-htable-size", 0),
                        ("--hashlimit-htable-max", 0)):
        if flag in given and given[flag].value == usual:
            del given[flag]


MATCHES: tuple[type[Match], ...] = (HashLimit,)
