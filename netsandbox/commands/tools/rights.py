"""What a program may do: root of the host may do all, a container only what Docker gave it (capabilities(7))."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from netsandbox.commands.tools.context import KernelError, ToolError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Rights(NamedTuple):
    """The rights of a program.

    Attributes:
        net_admin: CAP_NET_ADMIN: it may change interfaces, addresses, routes, neighbours and rules.
        sysctls: /proc/sys can be written; a container without --privileged has it read-only.
        contained: it sees only its container's processes, of which the first has the PID 1.
    """

    net_admin: bool = True
    sysctls: bool = True
    contained: bool = False


ROOT = Rights()
RIGHTS: ContextVar[Rights] = ContextVar("rights", default=ROOT)
"""Of what runs, or is made, now: the kernel asks the credentials of the current task."""


@contextmanager
def acting_with(rights: Rights) -> Iterator[None]:
    before = RIGHTS.set(rights)
    try:
        yield
    finally:
        RIGHTS.reset(before)


def may_administer() -> bool:
    """Whether what runs now has CAP_NET_ADMIN."""
    return RIGHTS.get().net_admin


def needs_net_admin(request: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A request that the kernel refuses with EPERM, before it looks at it, to one that has not the capability."""
    @wraps(request)
    def checked(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        if not may_administer():
            raise KernelError("EPERM")
        return request(*args, **options)
    return checked


def check_flush(doomed: Sequence[object], code: int) -> None:
    """What iproute2 says where something is to be flushed and may not be.

    Raises:
        ToolError: with an exit status that each object has of its own.
    """
    if doomed and not may_administer():
        raise ToolError(code, "Failed to send flush request: Operation not permitted")


READ_ONLY = ("note: /proc/sys is read-only in a container; `docker run --sysctl NAME=VALUE` sets it at the start, and "
             "with --privileged it can be written")
NOT_PERMITTED = ("note: a container may not change its network unless it was run with --privileged or --cap-add "
                 "NET_ADMIN; the lab's own `exec NODE …` and `enter NODE` are nsenter by root on the host, who may")
NOTES = {"Read-only file system": READ_ONLY, "permission denied on key": READ_ONLY,
         "Operation not permitted": NOT_PERMITTED, "you must be root": NOT_PERMITTED}


def note_on(error: str) -> str:
    """What a person is told about a refusal for want of a right; empty if it is none."""
    return next((note for words, note in NOTES.items() if words in error), "")
