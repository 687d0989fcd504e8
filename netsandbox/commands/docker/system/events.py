"""docker events: what dockerd did, from its memory of the last 256, and what it does from now on."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.printing.instants import instant
from netsandbox.commands.docker.printing.listing import bad_filter
from netsandbox.commands.docker.printing.words import timestamp
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.go_types import build
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.templates.values import to_json
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.history import EngineEvent
from netsandbox.engine.units import EPOCH, SECOND

INTERRUPTED = 130
BAD_TEMPLATE = 64
MESSAGE = "*events.Message"
LATE = "note: what happened is later than --until, of which docker counts whole seconds only; `wait 1s` first"


class Watch:
    """One `docker events`.

    Args:
        since, until: virtual nanoseconds; until None for as long as nobody interrupts it.
        filters: values by key; of several for one key, one has to fit.
    """

    def __init__(self, client: Client, since: int, until: int | None, filters: dict[str, list[str]], form: str) -> None:
        self.client = client
        self.engine = client.engine
        self.since = since
        self.until = until
        self.filters = filters
        self.form = form
        self.template = Template(form) if form and form != "json" else None

    def begin(self) -> int | None:
        """Show what there is; its status, or None when it goes on."""
        for event in list(self.engine.history):
            if event.at >= self.since and (self.until is None or event.at <= self.until):
                self.show(event)
        now = self.engine.scheduler.clock
        if self.until is not None and self.until <= now:
            if not self.client.output and any(event.at > max(self.until, self.since - 1) and self.fits(event)
                                              for event in self.engine.history):
                self.client.complain(LATE)
            return 0
        self.engine.watchers.append(self.news)
        self.client.on_interrupt = self.interrupt
        if self.until is None:
            self.client.waits_for_ever = True
        else:
            self.engine.scheduler.after(self.until - now, self.end, 0, foreground=True)
        return None

    def news(self) -> None:
        """Another one was added."""
        self.show(self.engine.history[-1])

    def interrupt(self) -> None:
        self.end(INTERRUPTED)

    def end(self, status: int) -> None:
        if self.news in self.engine.watchers:
            self.engine.watchers.remove(self.news)
        self.client.exit(status)

    def show(self, event: EngineEvent) -> None:
        if not self.fits(event):
            return
        if self.form == "json":
            self.client.print(to_json(self._fields(event)))
        elif self.template is not None:
            try:
                self.client.print(self.template.execute(build(self._fields(event), MESSAGE)))
            except TemplateError as error:
                raise DockerError(f"template parsing error: {error}") from None
        else:
            told = ", ".join(f"{name}={value}" for name, value in event.attributes)
            self.client.print(f"{timestamp(event.at)} {event.kind} {event.action} {event.identity} ({told})")

    def fits(self, event: EngineEvent) -> bool:
        """daemon/events/filter.go: names and ids of what it is about may be cut short."""
        attributes = dict(event.attributes)
        name, image = attributes.get("name", ""), attributes.get("name" if event.kind == "image" else "image", "")
        found = {"type": [event.kind], "event": [event.action, event.action.partition(":")[0]], "scope": ["local"],
                 "image": [image, image.rpartition(":")[0]],
                 "label": [f"{key}={value}" for key, value in event.attributes] + list(attributes)}
        for key, values in self.filters.items():
            if key in ("container", "network", "volume"):
                if not any(name.startswith(value) or event.identity.startswith(value) for value in values):
                    return False
            elif key in found and not any(value in found[key] for value in values):
                return False
        return True

    def _fields(self, event: EngineEvent) -> dict[str, Any]:
        """As the API has it; up to 28 a container's events say some things twice."""
        moment = EPOCH + event.at
        own = {"Type": event.kind, "Action": event.action,
               "Actor": {"ID": event.identity, "Attributes": dict(event.attributes)},
               "scope": "local", "time": moment // SECOND, "timeNano": moment}
        if event.kind != "container" or self.engine.profile.since(29):
            return own
        return {"status": event.action, "id": event.identity, "from": dict(event.attributes).get("image", ""), **own}


def run(client: Client, parsed: Parsed) -> int | None:
    now = client.engine.scheduler.clock
    filters: dict[str, list[str]] = {}
    for text in parsed.all("filter"):
        key, _equals, value = text.partition("=")
        filters.setdefault(key.strip().lower(), []).append(value.strip())
    until = instant(parsed.text("until"), now) if parsed.text("until") else None
    since = instant(parsed.text("since"), now) if parsed.text("since") else now + 1 if until is None else 0
    if until is not None and parsed.text("since") and until < since:
        raise daemon_error("`since` time cannot be after `until` time")
    form = parsed.text("format").strip()
    try:
        if form != "json":
            Template(form).execute(build({}, MESSAGE, is_whole=False))  # as the client tries it first
    except TemplateError as error:
        raise DockerError(f"Error parsing format: {error}", BAD_TEMPLATE) from None
    try:
        return Watch(client, since, until, filters, form).begin()
    except TemplateError as error:
        raise DockerError(f"template parsing error: {error}") from None


EVENTS = Command("docker events", "[OPTIONS]", "Get real time events from the server", run, (
    Flag("filter", "f", "list", check=bad_filter),
    Flag("format", "", "string"),
    Flag("since", "", "string"),
    Flag("until", "", "string")), 0, 0)
