"""The releases of the Docker Engine that a lab can have, and which of them were held against a real one."""

from __future__ import annotations

from typing import NamedTuple


class Profile(NamedTuple):
    """One release."""

    name: str  # as a scenario names it
    version: str  # of engine and client
    # api, lowest_api: versions of its API
    api: str
    lowest_api: str
    # its answers were held, line for line, against a real Engine of that version; what another one does is taken from
    # its documentation and source
    is_held: bool

    def since(self, *release: int) -> bool:
        """Whether it is that release or a later one: `since(28, 1)`."""
        return tuple(map(int, self.version.split("."))) >= release

    @property
    def storage_driver(self) -> str:
        """Since 29 containerd keeps the images."""
        return "overlayfs" if self.since(29) else "overlay2"


PROFILES = {profile.name: profile for profile in (
    Profile("docker-26", "26.1.5", "1.45", "1.24", True),
    Profile("docker-27", "27.5.1", "1.47", "1.24", False),
    Profile("docker-28", "28.5.2", "1.51", "1.24", True),
    Profile("docker-29", "29.7.2", "1.52", "1.44", False),
)}
DEFAULT_PROFILE = max((profile for profile in PROFILES.values() if profile.is_held), key=lambda it: it.name).name
"""The newest one that was held against a real Engine."""
