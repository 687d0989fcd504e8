"""curl -Z: transfers at the same time, each a Curl of its own."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from netsandbox.apps.curl.pool import Pool
from netsandbox.apps.curl.text import PARALLEL_HEAD, parallel_meter
from netsandbox.apps.output import at_terminal
from netsandbox.apps.program import Context, Program
from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from netsandbox.apps.curl.curl import Curl
    from netsandbox.apps.curl.options import CurlOptions

USUALLY, MOST = 50, 65535  # Transfers at the same time


class Parallel(Program):
    """One run of `curl -Z`."""

    name = "curl"

    def __init__(self, context: Context, options: CurlOptions, maker: type[Curl]) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context._replace(next_pid=self._pid)
        self.options = options
        self._maker = maker
        self.pool = Pool(patient="parallel-immediate" not in options.flags)
        self._left = list(options.urls)
        self._running: list[Curl] = []
        self._done: list[Curl] = []
        self._began = 0
        most = int(options.values.get("parallel-max", 0))
        self._most = most if 0 < most <= MOST else USUALLY

    def _pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        if not self.options.may_begin(self):
            return
        self._began = self.scheduler.clock
        if self._shows_meter:
            self.output.append(("err", PARALLEL_HEAD))
        self._launch(None)

    @property
    def _shows_meter(self) -> bool:
        """Where bodies go to a terminal there is none."""
        flags, targets = self.options.flags, len(self.options.lists["output"])
        return "progress-meter" in flags and "silent" not in flags and (
            not at_terminal(self.output) or bool(flags & {"remote-name", "remote-name-all"})
            or all(url.place < targets for url in self.options.urls))

    def _launch(self, _argument: object) -> None:
        """The next transfer, if there may be one more; what it sends at once comes before the one after it."""
        if not self._left or len(self._running) >= self._most or self.code is not None:
            return
        options = copy(self.options)
        options.urls, options.notes = [self._left.pop(0)], []
        options.data = list(options.data)  # a redirect takes a transfer's away
        options.flags = options.flags - {"progress-meter"}
        transfer = self._maker(self.context, options, self.pool)
        transfer.foreground, transfer.output = self.foreground, self.output
        transfer.on_exit = (self._look,)
        self._running.append(transfer)
        transfer.start()
        self.scheduler.go_on(self._launch)

    def _look(self) -> None:
        """A transfer has ended."""
        for ended in [one for one in self._running if one.code is not None]:
            self._running.remove(ended)
            self._done.append(ended)
            for waiting in self.pool.done(ended, ended.got_answer):
                self.scheduler.soon(waiting.find_connection)
            if ended.code and "fail-early" in self.options.flags:
                self._left.clear()
                self._finish(ended)
                return
            if not self._running and not self._left:
                self._finish(ended)
                return
        self.scheduler.soon(self._launch)

    def _finish(self, last: Curl) -> None:
        if self._shows_meter:
            shown = parallel_meter([one.amount for one in self._done], len(self._done) + len(self._running),
                                   len(self._running), (self.scheduler.clock - self._began) / SECOND)
            self.output.append(("err", shown))
        self.exit(last.code or 0)

    def stop(self) -> None:
        for transfer in self._running:
            transfer.on_exit = ()
            transfer.exit(130)
        self.pool.close()
