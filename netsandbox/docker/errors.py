"""What the daemon and its client refuse, in their own words."""

from __future__ import annotations


class DockerError(Exception):
    """A request that failed.

    Attributes:
        code: exit status of the docker client.
        kind: `not found` where the client treats that as no error with --force.
        note: what the sandbox adds for a learner, below Docker's own words.
    """

    def __init__(self, message: str, code: int = 1, kind: str = "", note: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.note = note


NOT_FOUND = "not found"
DAEMON = "Error response from daemon: "
NOBODY = "Cannot connect to the Docker daemon at {endpoint}. Is the docker daemon running?"


def daemon_error(text: str, code: int = 1, kind: str = "") -> DockerError:
    return DockerError(f"{DAEMON}{text}", code, kind)
