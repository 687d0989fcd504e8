"""What may be said of a volume that is to be made: its name, its driver and the driver's options."""

from __future__ import annotations

import re
from collections.abc import Iterable

from netsandbox.docker.errors import daemon_error

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
MOUNT_OPTIONS = ("type", "o", "device", "size")  # Of the driver `local`, which mounts what they say


def volume_name(text: str) -> str:
    """Raises DockerError: it is no name of a volume."""
    if len(text) == 1:
        raise daemon_error(f"create {text}: volume name is too short, names should be at least two alphanumeric "
                           "characters")
    if not NAME.fullmatch(text):
        raise daemon_error(f'create {text}: "{text}" includes invalid characters for a local volume name, only '
                           '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use '
                           "absolute path")
    return text


def check_driver(name: str, driver: str) -> None:
    """Raises DockerError: there is none but `local`."""
    if driver not in ("", "local"):
        raise daemon_error(f"create {name}: error looking up volume plugin {driver}: plugin \"{driver}\" not found")


def check_options(name: str, options: Iterable[str]) -> None:
    """Raises DockerError: the driver `local` has no such option, or lacks one."""
    for key in options:
        if key not in MOUNT_OPTIONS:
            raise daemon_error(f'create {name}: invalid option: "{key}"')
    if options and "device" not in options:
        raise daemon_error(f'create {name}: missing required option: "device"')


def notes(options: Iterable[str]) -> list[str]:
    """The sandbox has nothing that the driver could mount."""
    return [f"note: the option {key} of a volume does nothing in the sandbox" for key in options]
