"""What the daemon and its client refuse, in their own words."""

from __future__ import annotations


class DockerError(Exception):
    """A request that failed.

    Attributes:
        code: exit status of the docker client.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def daemon_error(text: str, code: int = 1) -> DockerError:
    return DockerError(f"Error response from daemon: {text}", code)


def run_error(text: str, code: int = 125) -> DockerError:
    """What `docker run` prints: with its name before and a hint behind."""
    return DockerError(f"docker: Error response from daemon: {text}\n\nRun 'docker run --help' for more information",
                       code)
