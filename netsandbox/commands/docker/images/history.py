"""docker history: the steps that an image was made by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.images.config import list_of, pairs, with_health, words_of
from netsandbox.commands.docker.images.images import CREATED_AT, SHORT
from netsandbox.commands.docker.images.reference import with_tag
from netsandbox.commands.docker.printing.listing import Column, Listing
from netsandbox.commands.docker.printing.sizes import bytes_of, human_size
from netsandbox.commands.docker.printing.words import created_at, ellipsis, go_duration, human_duration, quoted
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.images import HistoryStep, Image

if TYPE_CHECKING:
    from netsandbox.commands.docker.building.dockerfile import Instruction

BUILDKIT = "buildkit.dockerfile.v0"
MISSING = "<missing>"
WIDTH = 45
LISTING = Listing("*formatter.historyContext", (
    Column("ID", "IMAGE"), Column("CreatedSince", "CREATED"), Column("CreatedBy", "CREATED BY"),
    Column("Size", "SIZE"), Column("Comment", "COMMENT")), {"CreatedAt": "CREATED AT"})


def history(client: Client, parsed: Parsed) -> int:
    image = client.engine.images.find(parsed.operands[0])
    if image is None:
        raise daemon_error(f"No such image: {with_tag(parsed.operands[0])}")
    now, is_whole = client.scheduler.clock, parsed.on("no-trunc")
    rows = []
    for step in reversed(image.history or of_own(image)):
        is_made = step.at >= 0
        rows.append({
            "ID": MISSING, "CreatedSince": f"{human_duration(now - step.at)} ago" if is_made else "2 weeks ago",
            "CreatedAt": created_at(step.at) if is_made else CREATED_AT, "Size": human_size(step.size),
            "CreatedBy": step.created_by if is_whole else ellipsis(step.created_by, WIDTH),
            "Comment": "" if not is_made else BUILDKIT if step.comment is None else step.comment})
    rows[0]["ID"] = f"sha256:{image.identity}" if is_whole else image.identity[:SHORT]
    LISTING.show(client, parsed, rows)
    if not image.history and not parsed.on("quiet"):
        client.complain(f"note: of {image.name} the sandbox knows what it says of its program; the files are one layer")
    return 0


def of_own(image: Image) -> tuple[HistoryStep, ...]:
    """What there is to say of an image that nobody built here."""
    found = [(f"the files of {image.name}", bytes_of(image.size))]
    found += [(f"ENTRYPOINT {listed(image.entrypoint)}", 0)] if image.entrypoint else []
    found += [(f"EXPOSE map[{' '.join(f'{port}:{{}}' for port in image.exposed)}]", 0)] if image.exposed else []
    found += [(f"STOPSIGNAL {image.stop_signal}", 0)] if image.stop_signal != "SIGTERM" else []
    found += [(f"CMD {listed(image.cmd)}", 0)] if image.cmd else []
    return tuple(HistoryStep(-1, text, size) for text, size in found)


def listed(words: tuple[str, ...]) -> str:
    """Go's %q of a list."""
    return f"[{' '.join(quoted(word) for word in words)}]"


def created_by(instruction: Instruction, shell: tuple[str, ...], is_listed: bool) -> str:
    """An instruction as its step shows it; before 28 ports were a map (`is_listed` is false)."""
    name, text = instruction.name, instruction.text
    if name in ("CMD", "ENTRYPOINT"):
        return f"{name} {listed(words_of(text, shell))}"
    if name == "EXPOSE":
        ports = [port if "/" in port else f"{port}/tcp" for port in text.split()]
        return f"EXPOSE [{' '.join(ports)}]" if is_listed else f"EXPOSE map[{' '.join(f'{one}:{{}}' for one in ports)}]"
    if name in ("ENV", "LABEL"):
        return f"{name} {' '.join(f'{key}={value}' for key, value in pairs(name, text))}"
    if name == "SHELL":
        return f"SHELL [{' '.join(shell)}]"
    if name == "HEALTHCHECK":
        return _checked(text)
    if name == "VOLUME":
        return f"VOLUME [{' '.join(list_of(text) or text.split())}]"
    return f"{name} {text}"


def _checked(text: str) -> str:
    """Go's %q of what HEALTHCHECK says."""
    check = with_health(Image(""), text).health_check
    assert check is not None
    times = " ".join(f'"{go_duration(length)}"' for length in (
        check.interval, check.timeout, check.start_period, check.start_interval))
    return f"HEALTHCHECK &{{{listed(check.test)} {times} '\\x{check.retries:02x}'}}"


HISTORY = Command("docker history", "[OPTIONS] IMAGE", "Show the history of an image", history, (
    Flag("format", "", "string"),
    Flag("human", "H", ignored=True),
    Flag("no-trunc"), Flag("quiet", "q"),
    *refused("platform", kind="string")), 1, 1)
