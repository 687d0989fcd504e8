"""The queueing discipline htb: classes with a rate of their own, which borrow what others leave (sch_htb.c)."""

from __future__ import annotations

from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.queueing.discipline import Discipline, Held, Xmit
from netsandbox.linux.core.queueing.fifo import plain_queue
from netsandbox.linux.core.queueing.leaf import Leaf
from netsandbox.linux.ipv4.classful import Classful
from netsandbox.linux.ipv4.priority import priority
from netsandbox.wire.ethernet import Frame

DEPTH = 8  # Of the tree of classes (TC_HTB_MAXDEPTH)
LOWEST_PRIORITY = 7
MEMORY = 60 * SECOND  # For how long a class remembers what it owes or has saved, in nanoseconds
LEAST_QUANTUM, MOST_QUANTUM = 1000, 200_000
CAN_SEND, MAY_BORROW, CANNOT_SEND = range(3)


class Settings:
    """What was said of a class.

    Attributes:
        rate, ceil: bytes a second.  burst, cburst: nanoseconds that the saved bytes of each take.
        quantum: bytes that a leaf sends before its neighbour's turn; 0: by its rate.  overhead, mpu: bytes.
    """

    def __init__(self, rate: int, ceil: int, burst: int, cburst: int, prio: int = 0, quantum: int = 0,
                 overhead: int = 0, mpu: int = 0) -> None:
        self.rate, self.ceil, self.burst, self.cburst = rate, ceil, burst, cburst
        self.prio, self.quantum, self.overhead, self.mpu = min(prio, LOWEST_PRIORITY), quantum, overhead, mpu

    def takes(self, size: int, rate: int) -> int:
        """psched_l2t_ns: how long a frame lasts at a rate."""
        return max(size + self.overhead, self.mpu) * SECOND // rate


class HtbClass:
    """One class (struct htb_class).

    Attributes:
        level: 0 of a leaf; of others the height above the deepest that there may be.
        tokens, ctokens: nanoseconds saved of the rate and of the ceiling, as of `checked`; below 0: owed.
        leaf: what its frames wait in.
        lent, borrowed: frames that went at its own rate, and at that of a class above.
        deficits: of a leaf, bytes that it may still send in its turn, by the level that it sends from.
    """

    def __init__(self, htb: Htb, number: int, parent: HtbClass | None, said: Settings) -> None:
        self.htb, self.number, self.parent, self.said = htb, number, parent, said
        self.level = 0
        self.below: list[HtbClass] = []
        self.leaf = Leaf(plain_queue(htb))
        self.mode = CAN_SEND
        self.bytes = self.packets = self.dropped = self.overlimits = self.lent = self.borrowed = 0
        self.deficits = [0] * DEPTH
        self.checked = htb.interface.namespace.scheduler.now
        self.tokens, self.ctokens = said.burst, said.cburst

    @property
    def quantum(self) -> int:
        if self.said.quantum:
            return self.said.quantum
        return min(max(self.said.rate // self.htb.r2q, LEAST_QUANTUM), MOST_QUANTUM)

    @property
    def waiting(self) -> list[Held]:
        """What it holds."""
        return [(0, 0, frame) for frame in self.leaf.frames]

    def length_of(self, frame: Frame) -> int:
        return self.htb.length_of(frame)

    # -- what it may send

    def saved(self, now: int) -> tuple[int, int]:
        """Tokens of the ceiling and of the rate by now."""
        passed = min(now - self.checked, MEMORY)
        return self.ctokens + passed, self.tokens + passed

    def look(self, now: int) -> int:
        """htb_class_mode, htb_change_class_mode: whether it may send, which is counted where it no longer may."""
        ceiling, own = self.saved(now)
        mode = CANNOT_SEND if ceiling < 0 else CAN_SEND if own >= 0 else MAY_BORROW
        if mode != self.mode and mode == CANNOT_SEND:
            self.overlimits += 1
            self.htb.overlimits += 1
        self.mode = mode
        return mode

    def lender(self, now: int) -> HtbClass | None:
        """At whose rate it may send: its own, or that of the next above that has some left."""
        one: HtbClass | None = self
        while one is not None and (mode := one.look(now)) != CAN_SEND:
            one = one.parent if mode == MAY_BORROW else None
        return one

    def wakes(self, now: int) -> int:
        """In how many nanoseconds at the earliest something on the way up changes."""
        waits = []
        one: HtbClass | None = self
        while one is not None:
            waits += [-saved for saved in one.saved(now) if saved < 0]
            one = one.parent
        return min(waits, default=1)

    def charge(self, size: int, level: int, now: int) -> None:
        """htb_charge_class: it and all above pay, but for the rate of those that borrowed."""
        one: HtbClass | None = self
        while one is not None:
            passed = min(now - one.checked, MEMORY)
            if one.level >= level:
                one.lent += one.level == level
                own = min(one.tokens + passed, one.said.burst) - one.said.takes(size, one.said.rate)
                one.tokens = max(own, 1 - MEMORY)
            else:
                one.borrowed += 1
                one.tokens += passed
            ceiling = min(one.ctokens + passed, one.said.cburst) - one.said.takes(size, one.said.ceil)
            one.ctokens = max(ceiling, 1 - MEMORY)
            one.checked = now
            one.bytes += size
            one.packets += 1
            one.look(now)
            one = one.parent

    # -- leaf or not

    def become_inner(self) -> None:
        """Its first child comes: what waited in it is lost."""
        if self.leaf.discipline in self.htb.adopted:
            self.htb.adopted.remove(self.leaf.discipline)
        self.leaf = Leaf(plain_queue(self.htb))
        self.level = (self.parent.level if self.parent is not None else DEPTH) - 1

    def become_leaf(self) -> None:
        """htb_parent_to_leaf: its last child has gone."""
        self.level, self.mode = 0, CAN_SEND
        self.tokens, self.ctokens = self.said.burst, self.said.cburst
        self.checked = self.htb.interface.namespace.scheduler.now


class Htb(Classful):
    """One of them.

    Attributes:
        default: number of the class for what no filter knows; where there is none such, frames leave at once.
        direct: how many did.  r2q: by how much a rate is divided for a quantum.  queue_length: of `direct`.
        buckets: the classes, as the kernel's hash table has them.
    """

    kind = "htb"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.default = self.direct = 0
        self.r2q = 10
        self.queue_length = interface.queue_length or 2
        self.buckets: list[list[HtbClass]] = [[] for _ in range(4)]
        self.turns: dict[tuple[int, int], int] = {}  # By level and priority the class that is next
        self._timer: Timer | None = None

    # -- classes

    @property
    def classes(self) -> list[HtbClass]:
        return [one for bucket in self.buckets for one in bucket]

    def find(self, number: int) -> HtbClass | None:
        return next((one for one in self.classes if one.number == number), None)

    def has_class(self, number: int) -> bool:
        return self.find(number) is not None

    def add(self, number: int, parent: HtbClass | None, said: Settings) -> None:
        """htb_change_class (KernelError: the tree would be too deep)."""
        if parent is not None and parent.parent is not None and parent.parent.level < 2:
            raise KernelError("EINVAL")
        if parent is not None and not parent.level:
            parent.become_inner()
        made = HtbClass(self, number, parent, said)
        if parent is not None:
            parent.below.append(made)
        self._bucket(number).insert(0, made)
        if len(self.classes) * 4 > len(self.buckets) * 3:
            every = self.classes
            self.buckets = [[] for _ in range(2 * len(self.buckets))]
            for one in every:
                self._bucket(one.number).insert(0, one)

    def _bucket(self, number: int) -> list[HtbClass]:
        """qdisc_class_hash."""
        found = self.handle << 16 | number
        found ^= found >> 8
        found ^= found >> 4
        return self.buckets[found & len(self.buckets) - 1]

    def remove(self, one: HtbClass) -> None:
        """htb_delete (KernelError: classes or filters need it)."""
        chosen = any(each.classid == (self.handle << 16 | one.number) for group in self.groups
                     for each in group.filters)
        if one.below or chosen:
            raise KernelError("EBUSY", "HTB class in use")
        self._bucket(one.number).remove(one)
        self.blocks.pop(one.number, None)
        if one.leaf.discipline in self.adopted:
            self.adopted.remove(one.leaf.discipline)
        if one.parent is not None:
            one.parent.below.remove(one)
            if not one.parent.below:
                one.parent.become_leaf()

    def adopt(self, child: Discipline, parent_class: str) -> None:
        """htb_graft: what waits in the one before is lost (KernelError: the class has classes)."""
        one = self.find(int(parent_class.partition(":")[2] or "0", 16))
        if one is None or one.level:
            raise KernelError("EINVAL")
        child.parent, child.parent_class = self, parent_class
        self.adopted.append(child)
        one.leaf = Leaf(child)

    def forget(self, child: Discipline) -> None:
        self.adopted.remove(child)
        for one in self.classes:
            if one.leaf.discipline is child:
                one.leaf = Leaf(plain_queue(self))

    # -- frames

    @property
    def waiting(self) -> list[Held]:
        """All that its classes hold."""
        return [held for one in self.classes for held in one.waiting]

    def purge(self) -> None:
        for one in self.classes:
            one.leaf.purge()

    def enqueue(self, frame: Frame) -> bool:
        """htb_enqueue."""
        one = self._classify(frame)
        if one is None:
            self.direct += 1
            self.release(frame)
            return True
        self.interface.namespace.record(self.sorted_into(f"{self.handle:x}:{one.number:x}"))
        taken = one.leaf.put(frame)
        one.dropped += taken is not Xmit.SUCCESS
        self._run(None)
        return taken is not Xmit.DROP

    def _classify(self, frame: Frame) -> HtbClass | None:
        """htb_classify: the leaf that the packet's priority is, or that filters name; or else the default one.

        A class above leaves asks its own filters.
        """
        classid = priority(frame, self.interface)
        for level in range(DEPTH):
            one = self.find(classid & 0xFFFF) if classid >> 16 == self.handle else None
            if classid == self.handle << 16 or (one is not None and not one.level):
                return one
            found = self.find_filter(frame, one.number if one is not None else 0) if one or not level else None
            if found is None:
                break
            classid = found.classid
        one = self.find(self.default)
        return None if one is None or one.level else one

    def admit_from(self, child: Discipline, frame: Frame) -> bool:
        """A leaf's own discipline has done with it."""
        for one in self.classes:
            if one.leaf.discipline is child:
                one.leaf.ready.append(frame)
        self._run(None)
        return True

    def _run(self, _argument: object) -> None:
        """htb_dequeue, for as long as something may leave; then it comes back when that changes."""
        scheduler = self.interface.namespace.scheduler
        scheduler.cancel(self._timer)
        self._timer = None
        while self.interface.shaper is self:
            held = [one for one in self.classes if not one.leaf.is_empty]
            found = [(lender, one) for one in held if (lender := one.lender(scheduler.now)) is not None]
            if not found:
                if held:
                    wait = min(one.wakes(scheduler.now) for one in held)
                    self._timer = scheduler.after(wait, self._run, foreground=True)
                return
            self._send(found)

    def _send(self, found: list[tuple[HtbClass, HtbClass]]) -> None:
        """htb_dequeue_tree: from the lowest level, of the best priority, by turns (found: leaves that may send, each
        behind the class at whose rate)."""
        level, prio = min((lender.level, one.said.prio) for lender, one in found)
        here = sorted((one for lender, one in found if (lender.level, one.said.prio) == (level, prio)),
                      key=lambda one: one.number)
        turn = self.turns.get((level, prio), 0)
        one = next((each for each in here if each.number >= turn), here[0])
        now = self.interface.namespace.scheduler.now
        frame, waited = one.leaf.take(now)
        if waited:
            self.note("waited", waited)
        size = self.length_of(frame)
        self.turns[level, prio] = one.number
        one.deficits[level] -= size
        if one.deficits[level] < 0:
            one.deficits[level] += one.quantum
            self.turns[level, prio] = one.number + 1
        one.charge(size, level, now)
        self.release(frame)
