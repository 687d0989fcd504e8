"""What a task may ask of the kernel: root of the host all, a container only what Docker gave it (capabilities(7))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.files.accounts import SUPERUSER, Account

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class ResourceLimit(NamedTuple):
    """What a task may use of something (setrlimit(2)); -1 without an end."""

    name: str
    soft: int
    hard: int


class Rights(NamedTuple):
    """The rights of a program."""

    net_admin: bool = True  # CAP_NET_ADMIN: it may change interfaces, addresses, routes, neighbours and rules
    sysctls: bool = True  # /proc/sys can be written; a container without --privileged has it read-only
    contained: bool = False  # it sees only its container's processes, of which the first has the PID 1
    account: Account = SUPERUSER  # whose program it is; none but root has capabilities
    sys_admin: bool = True  # CAP_SYS_ADMIN: it may change the host name
    limits: tuple[ResourceLimit, ...] = ()  # what it was told to keep to (docker run --ulimit)

    def of(self, account: Account) -> Rights:
        """The same for a program of that user's."""
        is_root = account.uid == 0
        return self._replace(net_admin=self.net_admin and is_root, sysctls=self.sysctls and is_root, account=account,
                             sys_admin=self.sys_admin and is_root)


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
