"""docker inspect, docker network inspect and docker port."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.images.reference import with_tag
from netsandbox.commands.docker.inspect import describe
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.docker import volumes
from netsandbox.docker.errors import NOT_FOUND, DockerError
from netsandbox.docker.ports import Binding

Described = tuple[dict[str, Any], str]  # What the API gives, and its type (go_types)
CONTAINER, IMAGE, NETWORK, VOLUME = (
    "container.InspectResponse", "image.InspectResponse", "network.Inspect", "volume.Volume")
BAD_TEMPLATE = 64
KINDS = ("config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume")
HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""What Go's JSON encoder writes in place of these, for the sake of browsers."""
OLD_FIELDS = ("IPAddress", "Gateway", "MacAddress", "IPPrefixLen", "Bridge", "EndpointID")


def run(client: Client, parsed: Parsed) -> int:
    kind = parsed.text("type")
    if "type" in parsed.values and kind not in KINDS:
        listed = '", "'.join(KINDS)
        if not client.context.engine.profile.since(28):
            raise DockerError(f'"{kind}" is not a valid value for --type')
        raise DockerError(f'unknown type: "{kind}": must be one of "{listed}"' if kind else
                          f'type is empty: must be one of "{listed}"')
    return inspect(client, parsed, lambda name: _any(client, name, kind, parsed.on("size")))


def _any(client: Client, name: str, kind: str, has_size: bool = False) -> Described:
    """A container, image or network of that name, in this order."""
    engine = client.engine
    if kind in ("", "container"):
        try:
            return describe.container(engine, engine.find(name), has_size), CONTAINER
        except DockerError as error:
            if kind or error.kind != NOT_FOUND:
                raise
    image = engine.images.find(name) if kind in ("", "image") else None
    if image is not None:
        return describe.image(engine, image), IMAGE
    if kind in ("", "network"):
        try:
            return describe.network(engine, engine.network(name)), NETWORK
        except DockerError as error:
            if kind or error.kind != NOT_FOUND:
                raise
    if kind == "volume" or name in engine.volumes:
        return describe.volume(volumes.find(engine, name)), VOLUME
    if kind == "image":
        raise DockerError(f"Error response from daemon: No such image: {with_tag(name)}", kind=NOT_FOUND)
    begin = "error: no such" if engine.profile.since(29) else "Error: No such"
    raise DockerError(f"{begin} {kind or 'object'}: {name}", kind=NOT_FOUND)


def run_image(client: Client, parsed: Parsed) -> int:
    """docker image inspect."""
    return inspect(client, parsed, lambda name: _any(client, name, "image"))


def run_container(client: Client, parsed: Parsed) -> int:
    """docker container inspect."""
    return inspect(client, parsed, lambda name: _any(client, name, "container", parsed.on("size")))


def inspect(client: Client, parsed: Parsed, get: Callable[[str], Described]) -> int:
    """Print what `get` gives for each operand, as JSON or by a template of its type; what is wrong comes after."""
    form = parsed.text("format")
    template = _template(form)
    found: list[Any] = []
    lines: list[str] = []
    refused: list[str] = []
    for name in parsed.operands:
        try:
            data, kind = get(name)
            if template is None:
                found.append(data)
            else:
                lines.append(template.inspect(data, kind))
        except DockerError as error:
            refused.append(str(error))
        except TemplateError as error:
            refused.append(f"template parsing error: {error}{_about_old_fields(form)}")
    if template is None:
        client.print(compact(found) if form else pretty(found))
    else:
        client.output.append(("out", "".join(line + "\n" for line in lines) or "\n"))
    for text in refused:
        client.complain(text)
    return 1 if refused else 0


def _template(form: str) -> Template | None:
    """None where JSON is asked for."""
    try:
        return Template(form) if form and form != "json" else None
    except TemplateError as error:
        raise DockerError(f"template parsing error: {error}", BAD_TEMPLATE) from None


def _about_old_fields(form: str) -> str:
    """The most common template of all stopped working with Docker 29."""
    if any(f".NetworkSettings.{name}" in form for name in OLD_FIELDS):
        name = next(name for name in OLD_FIELDS if f".NetworkSettings.{name}" in form)
        return ("\nnote: Docker 29 has no such field any more; the networks have it: "
                f"{{{{range .NetworkSettings.Networks}}}}{{{{.{name}}}}}{{{{end}}}}")
    return ""


def pretty(value: Any) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False).translate(HTML)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).translate(HTML)


def _natural(it: Binding) -> tuple[int, str, bool, list[int], int]:
    """Texts are sorted with their numbers as numbers (sortorder.NaturalLess)."""
    return it.port, it.protocol, ":" in it.host, [int(part) for part in re.findall(r"\d+", it.host)], it.host_port


def port(client: Client, parsed: Parsed) -> int:
    """The host's ports that lead to a container's, or to one of them."""
    container = client.engine.find(parsed.operands[0])
    found: dict[str, list[str]] = {}
    for binding in sorted(container.bindings, key=_natural):
        host = f"[{binding.host}]" if ":" in binding.host else binding.host
        found.setdefault(f"{binding.port}/{binding.protocol}", []).append(f"{host}:{binding.host_port or ''}")
    if len(parsed.operands) == 1:
        for text, places in found.items():
            for place in places:
                client.print(f"{text} -> {place}")
        return 0
    number, slash, protocol = parsed.operands[1].partition("/")
    if not (number.isascii() and number.isdecimal() and int(number) < 65536):
        why = "value out of range" if number.isascii() and number.isdecimal() else "invalid syntax"
        raise DockerError(f'Error: invalid port ({number}): strconv.ParseUint: parsing "{number}": {why}')
    text = f"{number}/{protocol.lower() if slash else 'tcp'}"
    if text not in found:
        raise DockerError(f"Error: No public port '{parsed.operands[1]}' published for {parsed.operands[0]}")
    client.print("\n".join(found[text]))
    return 0


FORMAT = Flag("format", "f", "string")
INSPECT = Command("docker inspect", "[OPTIONS] NAME|ID [NAME|ID...]", "Return low-level information on Docker objects",
                  run, (FORMAT, Flag("size", "s"),
                        Flag("type", "", "string")), 1)
OF_CONTAINERS = Command("docker container inspect", "[OPTIONS] CONTAINER [CONTAINER...]",
                        "Display detailed information on one or more containers", run_container, (
                            FORMAT, Flag("size", "s")), 1)
OF_IMAGES = Command("docker image inspect", "[OPTIONS] IMAGE [IMAGE...]",
                    "Display detailed information on one or more images", run_image, (
                        FORMAT, Flag("platform", "", "string", ignored=True)), 1)
PORT = Command("docker port", "CONTAINER [PRIVATE_PORT[/PROTO]]",
               "List port mappings or a specific mapping for the container", port, (), 1, 2)
