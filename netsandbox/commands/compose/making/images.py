"""docker compose build, and what `up` builds before: the images of services, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.commands.compose.options import GLOBAL, refused, without_effect
from netsandbox.commands.compose.project import chosen, profiles_of, project_to_make
from netsandbox.commands.docker.building.build import BUILD, prepared
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed, understood

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.model import Service


class Building:
    """Images that are built one after the other.

    Args:
        words: what each `docker build` is told besides.
        then: what comes when all are there; its status is the command's.
    """

    def __init__(self, client: Client, services: list[Service], words: list[str],
                 then: Callable[[], int | None]) -> None:
        self.client = client
        self.left = services[::-1]
        self.words = words
        self.then = then
        self.built = ""

    def begin(self) -> int | None:
        """Go on as far as nothing is to be waited for; the command's status, or None."""
        self._tell()
        while self.left:
            service = self.left.pop()
            assert service.build is not None
            parsed = understood(self.client, BUILD, [*service.build.flags, *self.words, "--tag", service.image,
                                                     service.build.context])
            build = prepared(self.client, parsed, service.name)
            build.when_ended = self._ended
            self.built = service.name
            code = build.begin()
            if code != 0:
                return code
            self._tell()
        return self.then()

    def _tell(self) -> None:
        if self.built and "--quiet" not in self.words:
            self.client.complain(f" {self.built}  Built")
        self.built = ""

    def _ended(self, code: int) -> None:
        """A build that waited for a program is over."""
        status = code or self.client.guarded(self.begin)
        if status is not None:
            self.client.exit(status)


def built_first(client: Client, parsed: Parsed, services: list[Service], then: Callable[[], int | None]) -> int | None:
    """Go on once the images are built that are to be (--build) or are not there (unless --no-build)."""
    wanted = [one for one in services if one.build is not None and (
        parsed.on("build") or (not parsed.on("no-build") and client.engine.images.find(one.image) is None))]
    return Building(client, wanted, ["--quiet"] if parsed.on("quiet-build") else [], then).begin()


BUILDS = (Flag("build", usage="Build images before starting containers"),
          Flag("no-build", usage="Don't build an image, even if it's policy"),
          Flag("quiet-build", usage="Suppress the build output"))
"""Of commands that make containers."""


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    wanted = project.in_order(names) if parsed.on("with-dependencies") else [project.services[name] for name in names]
    services = [service for service in wanted if service.build is not None]
    words = [word for text in parsed.all("build-arg") for word in ("--build-arg", text)]
    words += ["--no-cache"] if parsed.on("no-cache") else []
    words += ["--quiet"] if parsed.on("quiet") else []
    words += ["--progress", parsed.text("progress")] if parsed.text("progress") else []
    return Building(client, services, words, _nothing).begin()


def _nothing() -> int:
    return 0


BUILD_SERVICES = Command("docker compose build", "[OPTIONS] [SERVICE...]", "Build or rebuild services", run, (
    *(flag for flag in GLOBAL if flag.name != "progress"),
    Flag("build-arg", "", "list", "Set build-time variables for services", value="stringArray"),
    Flag("no-cache", usage="Do not use cache when building the image"),
    Flag("progress", "", "string", "Set type of ui output", value="string", hidden=True),
    Flag("quiet", "q", usage="Suppress the build output"),
    Flag("with-dependencies", usage="Also build dependencies (transitively)"),
    *without_effect({"pull": "Always attempt to pull a newer version of the image"}),
    *without_effect({"memory/m": "Set memory limit for the build container. Not supported by BuildKit."},
                    "string bytes"),
    *without_effect({"builder": "Set builder to use"}, "string"),
    *refused({"push": "Push service images", "check": "Check build configuration",
              "print": "Print equivalent bake file"}),
    *refused({"provenance": "Add a provenance attestation", "sbom": "Add a SBOM attestation",
              "ssh": "Set SSH authentications used when building service images. (use 'default' for using your default "
                     "SSH Agent)"}, "string")))
