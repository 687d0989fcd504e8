"""Where a line runs: decided once, when it begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.docker import Client
from netsandbox.commands.docker.containers.machine import rights_of
from netsandbox.docker.container import Container
from netsandbox.linux.netlink.credentials import ROOT, Rights, acting_with

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


class Place(NamedTuple):
    """Attributes:
        where: the node, or the namespace of `ip netns`, that was entered; None at the lab's own prompt.
        client: the docker client that brought a person into a container; None elsewhere.
        bare: only programs are there, none of the lab's verbs: it was led to by `ip netns exec` or nsenter.
        is_outside: its network alone was entered: files and names are those of the lab's own prompt.
    """

    where: str | None
    client: Client | None = None
    bare: bool = False
    is_outside: bool = False

    @property
    def container(self) -> Container | None:
        """The container whose own shell it is."""
        return self.client.enters if self.client is not None else None

    @property
    def as_called_now(self) -> Place:
        """The same place, whatever its container was renamed to."""
        return self if self.container is None else self._replace(where=self.container.name)

    @property
    def root(self) -> str | None:
        """Whose files are seen."""
        return None if self.is_outside else self.where

    @property
    def rights(self) -> Rights:
        """In a container's own shell the container's; root's elsewhere."""
        return ROOT if self.container is None else rights_of(self.container)

    @property
    def has_busybox(self) -> bool:
        return self.container is not None and self.container.image.has_busybox

    def has(self, name: str) -> bool:
        """Whether the image of the container whose shell it is has a program."""
        return self.container is not None and name in self.container.image.tools

    @contextmanager
    def standing(self, shell: Shell) -> Iterator[None]:
        """What is done within is done here, wherever the person is by now; where it leads the person counts."""
        before = shell.where, shell.entered_by, shell.is_outside
        shell.where, shell.entered_by, shell.is_outside = self.where, self.client, self.is_outside
        try:
            with acting_with(self.rights):
                yield
        finally:
            if (shell.where, shell.entered_by) == (self.where, self.client):
                shell.where, shell.entered_by, shell.is_outside = before
