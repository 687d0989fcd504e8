"""What happens next: one FIFO of frames, programs' turns, and timers.

The order is the kernel's own.  A frame that is sent joins the tail of one queue for the whole lab; the head is
processed to the end before the next is taken; programs and timers wait until the queue is empty, so a whole cascade is
one instant.  For display each step inside it adds a microsecond.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from netsandbox.engine.receiver import Audience, Receiver
from netsandbox.engine.steps import MANY, NO_CAUSE
from netsandbox.engine.timers import Timer, Timers
from netsandbox.engine.trace import UNDER_WAY, QueueDropped, Storm, Trace
from netsandbox.engine.units import MICROSECOND
from netsandbox.engine.wheel import Wheel, expiry

STORM_STEPS = 10_000  # Steps in one cascade after which timers and programs get their turn between steps
POLL = 64  # Deliveries between which nothing else gets its turn even then (net.core.dev_weight)
DROP_STEPS = 1_000_000  # Steps in one cascade after which what is still queued is dropped
STEP_TIME = MICROSECOND
FEW = 1_000  # Cancelled timers that are not worth looking for


class Scheduler:
    """Virtual time and the order of everything in one lab."""

    def __init__(self, trace: Trace, delivered: type, overflow: object = None) -> None:
        """
        Args:
            delivered: the event class to record a delivery as: (the receiver's place, frame, verdict).
            overflow: the verdict on frames that are dropped when a cascade never ends.
        """
        self.trace = trace
        self.now = 0
        """The instant of the present cascade, in virtual nanoseconds; when it is over, what was shown has passed."""
        self.clock = 0  # Time for display, captures and round-trip times: ahead of `now` by the steps of the cascade
        self.current = NO_CAUSE  # The step being run: the cause of whatever it schedules
        self.deliveries = self.turns = 0  # How many frames have arrived, and how often a program had its turn
        self.queue: deque[tuple[Sequence[Receiver], Any, int]] = deque()
        self.ready: deque[tuple[Callable[[Any], object], Any, int]] = deque()
        self.timers = Timers()
        self.wheel = Wheel()  # The kernel's timers; the others are in `timers`
        self.foreground = 0  # Foreground timers that have not fired
        self.numbers = 0
        self._cancelled, self._left = 0, FEW
        """Timers that were cancelled since they were last looked for, and how many others there were then."""
        self._burst = 0
        self._burst_from = self._polls = 0
        self._tick_goes_on = False
        """Another kernel timer is due in the tick whose first has fired: it goes before the queue."""
        self.in_process = True  # Whether a program or a person has the turn, not an arriving frame or a timer
        self.watchers: list[Callable[[], object]] = []
        """Who reads the trace as it grows: told whenever the queue has run empty, and in a storm now and then."""
        self._delivered = delivered
        self._overflow = overflow

    def number(self) -> int:
        """A number that nothing else in this lab has."""
        self.numbers += 1
        return self.numbers

    # -- scheduling

    def transmit(self, targets: Sequence[Receiver], frame: Any) -> None:
        """Put a frame at the tail of the queue, for every target it was sent to."""
        self.queue.append((targets, frame, self.current))

    def soon(self, callback: Callable[[Any], object], argument: Any = None) -> None:
        """Give a program its turn once the queue is empty."""
        self.ready.append((callback, argument, self.current))

    def after(self, delay: int, callback: Callable[[Any], object], argument: Any = None,
              foreground: bool = False) -> Timer:
        """Call back `delay` nanoseconds from now."""
        self.foreground += foreground
        return self.timers.put(self.now, delay, callback, argument, self.current, foreground)

    def kernel_timer(self, delay: int, callback: Callable[[Any], object], argument: Any = None,
                     foreground: bool = False) -> Timer:
        """Call back as a timer of the kernel's would: rounded up to its slot, the last armed first."""
        timer = Timer(expiry(self.now, delay), callback, argument, self.current, foreground)
        self.wheel.put(timer)
        if foreground:
            self.foreground += 1
        return timer

    def one_by_one(self, items: list[Any], handle: Callable[[Any], object]) -> None:
        """Handle some things in order: at once, but for a program's, after each of which the queue runs empty."""
        for number, item in enumerate(items, 1):
            handle(item)
            if self.in_process and number < len(items):
                self.go_on(self._handle_rest, (items[number:], handle))
                return

    def _handle_rest(self, what: tuple[list[Any], Callable[[Any], object]]) -> None:
        self.one_by_one(*what)

    def go_on(self, callback: Callable[[Any], object], argument: Any = None) -> None:
        """Let the program whose turn it is go on once the queue is empty, before any other."""
        self.ready.appendleft((callback, argument, self.current))

    def wake_after(self, delay: int, callback: Callable[[Any], object], argument: Any = None,
                   foreground: bool = True) -> Timer:
        """Give a program its turn `delay` nanoseconds from now: it sleeps, and the timer wakes it."""
        return self.after(delay, self._wake, (callback, argument), foreground)

    def _wake(self, what: tuple[Callable[[Any], object], Any]) -> None:
        self.ready.append((*what, self.current))

    def cancel(self, timer: Timer | None) -> None:
        """Forget a timer; harmless when it has fired."""
        if timer is not None and timer.callback is not None:
            timer.callback = timer.argument = None  # one of them may know who has the timer
            self.foreground -= timer.foreground
            self._cancelled += 1
            if self._cancelled > self._left:
                self._forget_cancelled()

    def begin(self) -> int:
        """Open a step for something that comes from outside, such as a command."""
        self.now = self.clock
        self.current = self.trace.begin(self.now)
        self.in_process = True
        return self.current

    def end(self) -> None:
        """What came from outside is done."""
        self.current = NO_CAUSE
        if self.watchers and not self.queue:
            self._tell_watchers()

    def look(self) -> None:
        """A process has changed something, and goes on at once: who watches sees it as it is now."""
        if self.watchers and self.in_process:
            self._tell_watchers()

    # -- running

    @property
    def is_quiet(self) -> bool:
        """No foreground work is left."""
        return not (self.queue or self.ready or self.foreground)

    @property
    def is_idle(self) -> bool:
        """Nothing at all happens at the present instant."""
        return not (self.queue or self.ready)

    def next_time(self) -> int | None:
        """When the next step is due, or None if nothing is left."""
        if self.queue or self.ready:
            return self.clock
        due = self._next_due()
        return None if due is None else max(self.now, due)

    def step(self) -> bool:
        """Do the next unit of work; False if there is none."""
        return self._run_some(1)

    def _run_some(self, limit: int) -> bool:
        """Do the next unit of work, or if it is a delivery, several; False if there is none."""
        if self.queue and not self._tick_goes_on and not (self._burst >= STORM_STEPS and self._may_interrupt()):
            self._deliver(limit)
        elif self.ready and not self._tick_goes_on:
            self._run_ready()
        else:
            due = self._next_due()
            if due is None:
                return False
            self._run_timer(due)
        return True

    def run_until_quiet(self) -> None:
        """Run as long as foreground work is left."""
        queue, ready = self.queue, self.ready
        while queue or ready or self.foreground:
            if self._tick_goes_on or self._burst >= STORM_STEPS:
                self._run_some(STORM_STEPS)
            elif queue:
                self._deliver(STORM_STEPS)
            elif ready:
                self._run_ready()
            else:
                self._run_some(STORM_STEPS)

    def run_until(self, when: int) -> None:
        """Run everything due up to a time, then let the clock stand there."""
        while True:
            due = self.next_time()
            if due is None or due > when:
                break
            self._run_some(STORM_STEPS)
        self.now = self.clock = max(self.clock, when)

    def advance(self, when: int) -> None:
        """As run_until: what a player calls when time passes."""
        self.run_until(when)

    def run_steps(self, count: int) -> bool:
        """Do exactly so many steps, as `step` would; False when nothing is left before."""
        end = self.trace.step_count + count
        while (left := end - self.trace.step_count) > 0:
            if not self._run_some(min(left, STORM_STEPS)):
                return False
        return True

    def stand_at(self, when: int) -> None:
        """Let the clock stand at a time that has come without any step."""
        self.now = self.clock = max(self.clock, when)

    def run_while(self, condition: Callable[[], bool]) -> bool:
        """Run as long as a condition holds; False when nothing was left to do before."""
        while condition():
            if not self._run_some(STORM_STEPS):
                return False
        return True

    def _deliver(self, limit: int) -> None:
        """Take heads of the queue, up to a number of STORM_STEPS at most; in a storm, no more than a poll does."""
        queue, trace, delivered = self.queue, self.trace, self._delivered
        steps = trace.steps
        events, fresh = trace.events, steps.fresh
        self.in_process = False
        if self._burst:
            limit, room = self._bounds(limit)
        else:
            room, self._burst_from, self._polls = sys.maxsize, self.deliveries, 0
        if len(fresh) > MANY:
            steps.pack()
        clock, ahead, full = self.clock, trace.ahead, trace.first + trace.limit - trace.ahead
        first = step = trace.step_count
        last = first + limit
        while queue and step < last:
            targets, frame, cause = queue.popleft()
            self.clock = clock = clock + STEP_TIME
            mark = len(events)
            if mark > full:
                trace.trim()
                ahead, mark, full = trace.ahead, len(events), trace.first + trace.limit - trace.ahead
            fresh.append(ahead + mark)
            fresh.append(clock)
            fresh.append(cause)
            self.current = step
            trace.step_count = step = step + 1
            count = len(targets)
            if count == 1:
                target, = targets
                events.append(UNDER_WAY)
                events[mark] = delivered, target.place, frame, target.receive(frame)
            else:
                self._deliver_flood(targets, frame, count)
                ahead, full = trace.ahead, trace.first + trace.limit - trace.ahead
                self.deliveries += count - 1
                room -= count - 1
                last = min(last, first + room)
        self.deliveries += step - first
        self._burst += step - first
        if self._burst >= STORM_STEPS:
            self._note_storm()
        elif not queue:
            self._burst = 0
        if self.watchers and not queue:
            self._tell_watchers()

    def _bounds(self, limit: int) -> tuple[int, int]:
        """Within a cascade: how many steps, at most, and after how many deliveries none more may begin."""
        if self._burst < STORM_STEPS:
            return min(limit, STORM_STEPS - self._burst), sys.maxsize
        room = POLL - (self.deliveries - self._burst_from) % POLL
        return min(limit, DROP_STEPS - self._burst, room), room

    def _deliver_flood(self, targets: Sequence[Receiver], frame: Any, end: int) -> None:
        """Deliver to several, to many of them at once where they say how; the records are as if one by one."""
        trace, delivered = self.trace, self._delivered
        if not isinstance(targets, Audience):
            for target in targets:
                self._hand_over(target, target.place, frame)
            return
        found, places, start = targets.split(frame), targets.places, 0
        verdict, concerned = (None, enumerate(targets)) if found is None else found
        for number, target in concerned:
            trace.record_alike(delivered, places, start, number, frame, verdict)
            self._hand_over(target, target.place, frame)
            start = number + 1
        trace.record_alike(delivered, places, start, end, frame, verdict)

    def _hand_over(self, target: Receiver, place: Any, frame: Any) -> None:
        """One arrival; it stands before what comes of it."""
        events = self.trace.events
        mark = len(events)
        events.append(UNDER_WAY)
        events[mark] = self._delivered, place, frame, target.receive(frame)

    def _note_storm(self) -> None:
        if self._burst == STORM_STEPS:
            self.trace.record(Storm(self._burst))
        if self._burst >= DROP_STEPS:
            dropped = sum(len(targets) for targets, _frame, _cause in self.queue)
            self.trace.record(QueueDropped(dropped))
            for targets, frame, _cause in self.queue:
                for target in targets:
                    self.trace.record((self._delivered, target.place, frame, self._overflow))
            self.queue.clear()
            if self.trace.is_full:
                self.trace.trim()
        if not self.queue:
            self._burst = 0

    def _tell_watchers(self) -> None:
        for watcher in list(self.watchers):
            watcher()

    def _may_interrupt(self) -> bool:
        """In a storm: whether a poll of the queue is over and somebody waits for a turn."""
        polls = (self.deliveries - self._burst_from) // POLL
        if polls == self._polls:
            return False
        self._polls = polls
        self._tell_watchers()
        due = self._next_due()
        return bool(self.ready) or (due is not None and due <= self.clock)

    def _run_ready(self) -> None:
        self.turns += 1
        callback, argument, cause = self.ready.popleft()
        self.now = self.clock
        self.in_process = True
        self.current = self.trace.begin(self.now, cause)
        callback(argument)
        if self.watchers and not self.queue:
            self._tell_watchers()

    def _run_timer(self, when: int) -> None:
        is_kernels = self.wheel.next_due() == when
        timer = self.wheel.take() if is_kernels else self.timers.take()
        callback, argument = timer.callback, timer.argument
        timer.callback = timer.argument = None
        self.in_process = False
        self.foreground -= timer.foreground
        self.now = self.clock = max(self.clock, when)
        self.current = self.trace.begin(self.now, timer.cause)
        if callback is not None:
            callback(argument)
        if self.watchers and not self.queue:
            self._tell_watchers()
        self._tick_goes_on = is_kernels and self.wheel.next_due() == when
        if self.trace.is_full:
            self.trace.trim()

    def _forget_cancelled(self) -> None:
        """A flood of pings leaves a million timers that were not needed, each for ten seconds."""
        self._cancelled = 0
        self._left = max(FEW, self.timers.forget_cancelled() + self.wheel.forget_cancelled())

    def _next_due(self) -> int | None:
        """When the next timer rings; of two for one time the kernel's is the first. Those that were cancelled go."""
        ours, due = self.timers.next_due(), self.wheel.next_due()
        return ours if ours is not None and (due is None or ours < due) else due
