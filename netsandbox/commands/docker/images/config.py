"""What a Dockerfile's instructions say of an image beside its files; docker commit --change says the same."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping

from netsandbox.commands.docker.printing.words import duration
from netsandbox.commands.docker.run.publish import parse_expose
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.health import HealthCheck
from netsandbox.docker.images import Image
from netsandbox.docker.signals import signal_number

SHELL: tuple[str, ...] = ("/bin/sh", "-c")
TIMES = {"interval", "timeout", "start-period", "start-interval"}
VARIABLE = re.compile(r"\\\$|\$\{(\w+)(?::([-+])([^}]*))?\}|\$(\w+)", re.ASCII)


def substituted(text: str, variables: Mapping[str, str], kept: bool = False) -> str:
    """With the values of $NAME, ${NAME}, ${NAME:-other} and ${NAME:+other}; one that is not set is empty, or `kept`."""
    def value(found: re.Match[str]) -> str:
        name, sign, other = found[1] or found[4], found[2], found[3]
        if not name:
            return "$"
        if kept and name not in variables:
            return found[0]
        own = variables.get(name, "")
        return (own or other) if sign == "-" else (other if own else "") if sign == "+" else own
    return VARIABLE.sub(value, text)


def words_of(text: str, shell: tuple[str, ...] = SHELL) -> tuple[str, ...]:
    """`["nginx", "-g", "daemon off;"]`, or a command for the shell."""
    listed = list_of(text)
    return listed if listed is not None else (*shell, text) if text else ()


def list_of(text: str) -> tuple[str, ...] | None:
    """The words of a JSON list of strings, None where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return tuple(found) if isinstance(found, list) and all(isinstance(word, str) for word in found) else None


def split_words(text: str) -> list[str]:
    """Raises DockerError: a quote is not closed."""
    try:
        return shlex.split(text)
    except ValueError:
        raise DockerError(f"unexpected end of statement while looking for matching quote: {text}") from None


def pairs(name: str, text: str) -> list[tuple[str, str]]:
    """NAME=VALUE …, or the older NAME VALUE (DockerError: neither)."""
    words = split_words(text)
    if words and "=" not in words[0]:
        key, _space, value = text.strip().partition(" ")
        if not value:
            raise DockerError(f"{name} must have two arguments")
        return [(key, value.strip())]
    wrong = next((word for word in words if "=" not in word), None)
    if not words or wrong is not None:
        raise DockerError(f"Syntax error - can't find = in {json.dumps(wrong)}. Must be of the form: name=value"
                          if words else f"{name} requires at least one argument")
    return [(key, value) for key, _equals, value in (word.partition("=") for word in words)]


def _environment(image: Image, text: str) -> Image:
    new = dict(pairs("ENV", text))
    kept = [pair for pair in image.environment if pair.partition("=")[0] not in new]
    return image._replace(environment=(*kept, *(f"{name}={value}" for name, value in new.items())))


def _workdir(image: Image, text: str) -> Image:
    where = text.strip().strip('"')
    whole = where if where.startswith("/") else f"{image.workdir.rstrip('/')}/{where}"
    return image._replace(workdir=whole.rstrip("/") or "/")


def _volumes(image: Image, text: str) -> Image:
    listed = list_of(text)
    more = listed if listed is not None else tuple(text.split())
    return image._replace(volumes=tuple(dict.fromkeys((*image.volumes, *more))))


def _stop_signal(image: Image, text: str) -> Image:
    signal_number(text)
    return image._replace(stop_signal=text)


def with_health(image: Image, text: str) -> Image:
    """[--interval=30s …] CMD COMMAND, or NONE."""
    if text.upper() == "NONE":
        return image._replace(health_check=HealthCheck(("NONE",)))
    fields = dict[str, int]()
    while text.startswith("--"):
        option, _space, text = text.partition(" ")
        name, _equals, value = option[2:].partition("=")
        length = (int(value) if value.isdecimal() else None) if name == "retries" else duration(value)
        if name not in TIMES | {"retries"} or length is None:
            raise DockerError(f"unknown flag: {name}" if name not in TIMES | {"retries"} else
                              f'time: invalid duration "{value}"')
        fields[name.replace("-", "_")] = length
        text = text.strip()
    kind, _space, command = text.partition(" ")
    if kind.upper() != "CMD" or not command.strip():
        raise DockerError(f"Unknown type {json.dumps(kind.upper())} in HEALTHCHECK (try CMD)"
                          if kind.upper() != "CMD" else "Missing command after HEALTHCHECK CMD")
    listed = list_of(command.strip())
    test = ("CMD-SHELL", command.strip()) if listed is None else ("CMD", *listed)
    return image._replace(health_check=HealthCheck(test, **fields))


CHANGES: dict[str, Callable[[Image, str], Image]] = {
    "CMD": lambda image, text: image._replace(cmd=words_of(text)),
    "ENTRYPOINT": lambda image, text: image._replace(entrypoint=words_of(text)),
    "EXPOSE": lambda image, text: image._replace(
        exposed=tuple(dict.fromkeys((*image.exposed, *parse_expose(text.split()))))),
    "STOPSIGNAL": _stop_signal, "ENV": _environment, "WORKDIR": _workdir, "VOLUME": _volumes,
    "HEALTHCHECK": with_health,
    "USER": lambda image, text: image._replace(user=text),
    "LABEL": lambda image, text: image._replace(labels=tuple(sorted(
        (dict(image.labels) | dict(pairs("LABEL", text))).items())))}
"""What an instruction makes of an image."""


def changed(image: Image, text: str) -> Image:
    """With one instruction of docker commit --change (DockerError: it is none, or not modelled)."""
    word, _space, rest = text.strip().partition(" ")
    if word.upper() == "ONBUILD":
        raise DockerError(f"docker commit --change ONBUILD is not modelled in the sandbox; there are "
                          f"{', '.join(CHANGES)}")
    if word.upper() not in CHANGES:
        raise daemon_error(f"{word.upper()} is not a valid change command" if word else "empty change command")
    return CHANGES[word.upper()](image, rest.strip())
