"""One piece of work in a process of its own, with limits on time and memory: whatever it does, the others are done."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar, cast

from netsandbox.engine.budget import OverBudgetError

Result = TypeVar("Result")


class Limits(NamedTuple):
    """What one process may use."""

    cpu: int = 120  # seconds of the processor
    wall: int = 600  # seconds until nobody waits for it any more, even if it does nothing
    memory: int = 2 << 30  # bytes of address space


class EndedError(Exception):
    """The process ended without a result; the text says why."""


WHY = {
    "SIGXCPU": "it took more than {limits.cpu} s of CPU time",
    "SIGALRM": "it had not come to its end after {limits.wall} s",
}
HAS_FORK = hasattr(os, "fork") and sys.platform != "darwin"
"""Elsewhere the work is done in this process, and without limits."""


def apart(work: Callable[[], Result], limits: Limits) -> Result:
    """What the work returns; it has to be a plain value, since it comes through a pipe (EndedError: it used more than
    it may, or its process died)."""
    if not HAS_FORK:
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    reads, writes = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reads)
        _work(work, limits, writes)
    os.close(writes)
    try:
        with open(reads, "rb") as pipe:
            told = pipe.read()
        _process, status = os.waitpid(process, 0)
    except BaseException:
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        raise
    return cast("Result", _result(told, status, limits))


def _result(told: bytes, status: int, limits: Limits) -> object:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in signal.valid_signals() else str(number)
        raise EndedError(WHY.get(name, "its process was ended by {name}").format(limits=limits, name=name))
    try:
        has_result, value = pickle.loads(told)
    except (EOFError, pickle.UnpicklingError):
        raise EndedError(f"its process ended with status {os.waitstatus_to_exitcode(status)}") from None
    if not has_result:
        raise EndedError(value)
    return value


def _work(work: Callable[[], Result], limits: Limits, writes: int) -> None:
    """In the child, which never returns from here."""
    status = 0
    try:
        _limit(limits)
        with open(writes, "wb") as pipe:
            pipe.write(_told(work, limits))
    except BaseException:  # noqa: BLE001 - the parent is told by the status
        status = 1
    os._exit(status)


def _told(work: Callable[[], Result], limits: Limits) -> bytes:
    try:
        return pickle.dumps((True, work()))
    except MemoryError:
        return pickle.dumps((False, f"it needed more than {limits.memory >> 20} MiB of memory"))
    except KeyboardInterrupt:
        raise
    except OverBudgetError as error:
        return pickle.dumps((False, str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are done
        return pickle.dumps((False, f"a mistake of netsandbox itself, {type(error).__name__}: {error}"))


def _limit(limits: Limits) -> None:
    import resource

    for name in ("SIGXCPU", "SIGALRM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.alarm(limits.wall)
    # The soft limit's signal names the reason; the hard one is for a process that would not die of it.
    for kind, amount, most in ((resource.RLIMIT_CPU, limits.cpu, limits.cpu + 5),
                               (resource.RLIMIT_AS, limits.memory, limits.memory)):
        _soft, hard = resource.getrlimit(kind)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount, most) if hard == resource.RLIM_INFINITY else (min(amount, hard), hard))
