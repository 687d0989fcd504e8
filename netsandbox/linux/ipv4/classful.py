"""Queueing disciplines with classes, and the filters that choose one of them (net/sched/cls_api.c, cls_u32.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.ipv4.priority import beside
from netsandbox.wire.ethernet import HEADER, Frame

GOLDEN_RATIO = 0x61C88647
FIRST_OFFSET = -16  # Of the word in which an Ethernet header begins, counted from the network header
ANY_PROTOCOL = 3  # ETH_P_ALL


class MatchKey(NamedTuple):
    """32 bits of a packet, counted from its network header (struct tc_u32_key).

    `is_beyond`: as it was written, from the next one; as nothing tells where that begins, it makes no difference.
    """

    value: int
    mask: int
    offset: int
    is_beyond: bool = False


class Filter:
    """One filter, and how often it was asked and fitted (struct tc_u32_knode).

    Attributes:
        handle: its number among those of its group; of fw the mark that it looks for.
        keys: none, and it takes everything (matchall).
        classid: where to; 0: nowhere.  is_terminal: of u32, whether it takes anything: it was made with a class.
        fits: how often each key did.
    """

    def __init__(self, handle: int, classid: int, keys: tuple[MatchKey, ...], is_terminal: bool = True) -> None:
        self.handle, self.classid, self.keys, self.is_terminal = handle, classid, keys, is_terminal
        self.asked = self.taken = 0
        self.fits = [0] * len(keys)

    def takes(self, data: bytes) -> bool | None:
        """None: the packet ends before what is to match (data: a packet, with the Ethernet header before it)."""
        self.asked += 1
        for number, key in enumerate(self.keys):
            word = data[key.offset - FIRST_OFFSET:key.offset - FIRST_OFFSET + 4]
            if len(word) < 4:
                return None
            if int.from_bytes(word, "big") & key.mask != key.value:
                return False
            self.fits[number] += 1
        self.taken += self.is_terminal
        return self.is_terminal


class FilterGroup:
    """The filters of one preference and protocol (struct tcf_proto).

    Attributes:
        kind: u32, matchall or fw.  table: of u32, the number of its hash table.
        mask: of fw, the bits of a mark that count; None as long as it has had no filter: a mark is then itself a class.
    """

    def __init__(self, pref: int, protocol: int, kind: str, table: int) -> None:
        self.pref, self.protocol, self.kind, self.table = pref, protocol, kind, table
        self.filters: list[Filter] = []
        self.mask: int | None = None

    def find(self, ethertype: int, data: bytes, mark: int = 0, major: int = 0) -> Filter | None:
        """u32_classify: none of the others is asked once one has looked behind the packet's end; fw_classify (major:
        number of the discipline whose classes a mark can be)."""
        if self.protocol not in (ANY_PROTOCOL, ethertype):
            return None
        if self.kind == "fw" and self.mask is None:
            return Filter(0, mark, ()) if mark and mark >> 16 in (0, major) else None
        if self.kind == "fw":
            return next((one for one in self.filters if one.handle == mark & (self.mask or 0)), None)
        for one in self.filters:
            is_taken = one.takes(data)
            if is_taken is not False:
                return one if is_taken else None
        return None


class Classful(Discipline):
    """What has classes with a discipline in each."""

    is_before_child = False

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        # of each class, and as 0 of the discipline itself, groups of filters in the order they are asked in
        self.blocks: dict[int, list[FilterGroup]] = {}
        self.table = 0  # the last one of u32, as long as it has one
        self.adopted: list[Discipline] = []  # what was put into classes, in that order

    def has_class(self, number: int) -> bool:
        """Whether there is a class of that number."""
        raise NotImplementedError

    @property
    def children(self) -> list[Discipline]:
        """In the order of the device's hash table (qdisc_hash_add, hash_32): of one bucket the last comes first."""
        last_first = self.adopted[::-1]
        return sorted(last_first, key=lambda one: (one.handle << 16) * GOLDEN_RATIO % (1 << 32) >> 28)

    @property
    def groups(self) -> list[FilterGroup]:
        """All of them, those within classes too."""
        return [group for groups in self.blocks.values() for group in groups]

    def find_filter(self, frame: Frame, number: int = 0) -> Filter | None:
        """tcf_classify: the first that takes the frame, of those of a class or of the discipline itself."""
        groups = self.blocks.get(number)
        if not groups:
            return None
        data, mark = bytes(-FIRST_OFFSET - HEADER) + frame.wire(), beside(frame, self.interface).mark
        found = (group.find(frame.ethertype, data, mark, self.handle) for group in groups)
        return next(filter(None, found), None)
