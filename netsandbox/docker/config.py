"""What a container was told when it was created, as Docker files it: Config, and HostConfig for what is the host's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.engine.nothing import NOTHING

if TYPE_CHECKING:
    from netsandbox.docker.health import HealthCheck
    from netsandbox.docker.images import Image


class Published(NamedTuple):
    """One port of a container's that is to be reached at the host (-p)."""

    host: str  # the host's address, or empty for all
    host_port: str  # a number, a range, or empty or 0 for one that Docker chooses
    port: int  # the container's
    protocol: str

    @property
    def first_host_port(self) -> int:
        """0 for one that Docker chooses."""
        return int(self.host_port.partition("-")[0] or 0)

    @property
    def last_host_port(self) -> int:
        return int(self.host_port.rpartition("-")[2] or 0)

    @property
    def is_certain(self) -> bool:
        """Nothing is left to choose."""
        return 0 < self.first_host_port == self.last_host_port


class RestartPolicy(NamedTuple):
    """--restart: no, on-failure (with a number of attempts, 0 for any), always or unless-stopped."""

    name: str = "no"
    attempts: int = 0


class Config(NamedTuple):
    """What is the container's own."""

    hostname: str = ""
    domainname: str = ""
    # user, workdir, wanted_mac: --user, --workdir and --mac-address as they were written, or empty
    user: str = ""
    workdir: str = ""
    wanted_mac: str = ""
    tty: bool = False
    stdin: bool = False
    # the streams that its client followed: stdin, stdout and stderr, none of one that was run with -d
    attached: tuple[str, ...] = ("stdout", "stderr")
    environment: Sequence[str] = ()  # -e
    exposed: tuple[str, ...] = ()  # --expose, as `80/tcp`
    entrypoint: list[str] | None = None  # --entrypoint; None for the image's own
    stop_signal: str = ""
    stop_timeout: int | None = None  # seconds, None where --stop-timeout was not given
    health_check: HealthCheck | None = None  # --health-cmd and the like

    @property
    def grace(self) -> int:
        """Seconds between SIGTERM and SIGKILL unless docker stop says otherwise."""
        return 10 if self.stop_timeout is None else self.stop_timeout


class HostConfig(NamedTuple):
    """What is asked of the host."""

    published: Sequence[Published] = ()  # -p
    publishes_all: bool = False  # -P
    extra_hosts: Sequence[tuple[str, str]] = ()  # --add-host, as (address or host-gateway, name)
    dns: ResolvConf = ResolvConf()  # --dns, --dns-search and --dns-option
    sysctls: tuple[tuple[str, str], ...] = ()
    policy: RestartPolicy = RestartPolicy()  # --restart
    init: bool = False
    privileged: bool = False
    # capabilities, dropped: --cap-add and --cap-drop, as CAP_NAME or ALL; before 28 as they were typed
    capabilities: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    resources: Mapping[str, Any] = NOTHING  # what HostConfig has of options that do nothing else here

    def has_capability(self, name: str) -> bool:
        """Whether it has one of those that Docker's default set lacks, as NET_ADMIN."""
        added, dropped = ({text.upper().removeprefix("CAP_") for text in own}
                          for own in (self.capabilities, self.dropped))
        return self.privileged or (name not in dropped and not {name, "ALL"}.isdisjoint(added))


def with_image(own: Config, image: Image) -> Config:
    """With what the image says where a person said nothing (daemon/commit.go merge)."""
    named = {text.partition("=")[0] for text in own.environment}
    more = [text for text in image.environment if text.partition("=")[0] not in named]
    return own._replace(environment=(*own.environment, *more), workdir=own.workdir or image.workdir,
                        user=own.user or image.user, health_check=own.health_check or image.health_check)


NO_CONFIG, NO_HOST_CONFIG = Config(), HostConfig()
"""What containers have that asked for nothing: the same for all of them."""
