"""Where a person stands: at the lab's own prompt, or in the shells that were opened one within the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from netsandbox.commands.docker import Client
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.prompt.survey_parts import SUDO
from netsandbox.lab.errors import LabError
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import DEFAULT_HOST

DOCKER_COMMAND = re.compile(rf"(?:^|(?<!\|)\||\$\(|`)\s*(?:{SUDO}\s+)?docker(?=\s|$)")
"""First of all, behind a pipe, or asked for its output."""
ELSEWHERE = "note: {name} has no docker: this is the host's, as in a second terminal; `exit` leaves the container"


class Standing:
    """Attributes:
        where: the node whose shell was entered, or None at the lab's own prompt.
        is_outside: only its network was (`nsenter -n`).
        entered_by: the docker client that brought the person into a container.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.where: str | None = None
        self.is_outside = False
        self.entered_by: Client | None = None
        self._outer: list[Place] = []
        """Where `exit` leads to: the shells around the one that there is, the lab's own prompt left out."""

    @property
    def prompt(self) -> str:
        return "" if self.where is None else self.where

    @property
    def place(self) -> Place:
        """Where the person stands."""
        return Place(self.where, self.entered_by, False, self.is_outside)

    def is_for_the_host(self, text: str) -> bool:
        """Whether it is about `docker …` in a container's own shell, which has none.

        Pages leave out that the shell is left, and their readers paste on.
        """
        return self.place.container is not None and DOCKER_COMMAND.search(text) is not None

    @contextmanager
    def on_the_host(self) -> Iterator[str]:
        """What is done within is done there, as in a second terminal; what is to be said of it."""
        inside, outer, container = self.place, self._outer, self.place.container
        assert container is not None
        host = next(host.name for host, other in self.lab.containers() if other is container)
        there = Place(None if host == DEFAULT_HOST else host)
        self._outer = []
        self._stand(there)
        try:
            yield ELSEWHERE.format(name=container.name)
        finally:
            is_there = self.place == there
            self._outer = [place.as_called_now for place in (*outer, inside)
                           if place.client is None or place.client.is_running]
            if is_there:
                self._step_out()

    def _stand(self, place: Place) -> None:
        self.where, self.entered_by, self.is_outside = place.where, place.client, place.is_outside

    def put_out(self, client: Client) -> None:
        """The container ended, and its shell with it: the person is back where it was opened."""
        self._outer = [place for place in self._outer if place.client is not client]
        if self.entered_by is client:
            self._step_out()

    def go_in(self, place: Place) -> None:
        """A shell opens somewhere else, within the one that there is."""
        if self.where is not None:
            self._outer.append(self.place)
        self._stand(place)

    def _step_out(self) -> Client | None:
        """Back to the shell around the one that there is, or to the lab's prompt; whose shell it was."""
        client = self.entered_by
        self._stand(self._outer.pop() if self._outer else Place(None))
        return client

    def come_back(self) -> None:
        """A namespace that was entered and is gone by now has no shell any more."""
        while self.where is not None:
            try:
                self.lab.namespace(self.where)
                return
            except LabError:
                self.leave()

    def leave(self, code: int = 0) -> None:
        """`exit`: back to where it was opened; a shell that was a container's program ends with a status."""
        client = self._step_out()
        if client is not None:
            client.leave(code)

    def detach(self) -> None:
        """`detach`: back to where it was opened; a shell that was a container's program goes on."""
        client = self._step_out()
        if client is not None:
            client.detach()
