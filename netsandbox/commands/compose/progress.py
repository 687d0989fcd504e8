"""What Compose tells while it works: what becomes of each thing, and warnings."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.printing.words import timestamp
from netsandbox.commands.docker.templates.values import to_json


def say(client: Client, kind: str, name: str, state: str, gap: str = "  ") -> None:
    """` Container demo-web-1  Started`, as Compose tells of what it does where there is no terminal to draw on."""
    if client.progress == "json":
        client.complain(to_json({"id": f"{kind} {name}", "status": state}))
    elif client.progress != "quiet":
        client.complain(f" {'DRY-RUN MODE -  ' if client.is_dry else ''}{kind} {name}{gap}{state}")


def warn(client: Client, text: str) -> None:
    if client.progress == "json":
        now = timestamp(client.scheduler.clock).partition(".")[0]
        client.complain(to_json({"level": "warning", "msg": text.replace('\\"', '"'), "time": f"{now}Z"}))
        return
    client.warn(text)
