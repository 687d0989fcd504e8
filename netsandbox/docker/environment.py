"""The variables of a container's first program, and of what is run in it later (daemon/container.go)."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.docker import links
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.files import hostname

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment(engine: DockerEngine, container: Container, more: Sequence[str] = (), home: str = "/root") -> list[str]:
    """NAME=value in the order of `env`; -e replaces what is there already, or takes it away without a value.

    Args:
        more: what docker exec was told.
        home: of the user whose program it is.
    """
    found = [PATH, f"HOSTNAME={hostname(engine, container)}"]
    found += ["TERM=xterm"] if container.config.tty else []
    found += links.environment(engine, container)
    for text in (*container.config.environment, *more):
        name, equals, _value = text.partition("=")
        place = next((at for at, own in enumerate(found) if own.partition("=")[0] == name), None)
        if not equals:
            found = [own for own in found if own.partition("=")[0] != name]
        elif place is None:
            found.append(text)
        else:
            found[place] = text
    return found if any(text.startswith("HOME=") for text in found) else [*found, f"HOME={home}"]
