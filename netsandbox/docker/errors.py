"""What the daemon and its client refuse, in their own words."""

from __future__ import annotations

import re


class DockerError(Exception):
    """A request that failed."""

    def __init__(self, message: str, code: int = 1, kind: str = "", note: str = "") -> None:
        super().__init__(message)
        self.code = code  # exit status of the docker client
        self.kind = kind  # `not found` where the client treats that as no error with --force
        self.note = note  # what the sandbox adds for a learner, below Docker's own words


NOT_FOUND = "not found"
DAEMON = "Error response from daemon: "
NOT_CREATED = ("failed to create task for container: failed to create shim task: OCI runtime create failed: runc "
               "create failed: unable to start container process: error during container init")
MOUNTED = re.compile(r"mount src=tmpfs, dst=(\S+), dstFd=\S+ flags=\S+ data=")
NOBODY = "Cannot connect to the Docker daemon at {endpoint}. Is the docker daemon running?"


def daemon_error(text: str, code: int = 1, kind: str = "") -> DockerError:
    return DockerError(f"{DAEMON}{text}", code, kind)


DENIED = ": permission denied"
HINT = (": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists "
        "and is the expected type")
"""What the daemon says behind every ENOTDIR of runc's (daemon/start.go)."""
IS_DIRECTORY = f": is a directory{DENIED}"


def as_older_runc(error: DockerError) -> DockerError:
    """What runc says, as releases before 28 pass it on."""
    text = str(error)
    if NOT_CREATED.partition(": unable")[0] not in text:
        return error
    text = MOUNTED.sub(r"mount tmpfs:\1 (via /proc/self/fd/6), flags: 0xe, data: ",
                       text.replace("error during container init: exec:", "exec:"))
    return DockerError(with_unknown(text), error.code, error.kind, error.note)


def with_unknown(text: str) -> str:
    """What runc says with containerd's word for it, which stands before the last reason where a file is a directory."""
    for said in (DENIED if text.endswith(IS_DIRECTORY) else "", HINT):
        if said and text.endswith(said):
            return f"{text.removesuffix(said)}: unknown{said}"
    return f"{text}: unknown"
