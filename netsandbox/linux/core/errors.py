"""How the kernel refuses a request (struct nlmsgerr with its extended acknowledgement)."""

from __future__ import annotations


class KernelError(Exception):
    """The kernel refuses what it was asked for."""

    def __init__(self, errno: str, message: str = "") -> None:
        super().__init__(message or errno)
        self.errno = errno  # the error's name, such as EEXIST
        self.message = message  # the kernel's own words (extended ack), or empty

    def __str__(self) -> str:
        """As libnetlink prints it."""
        return f"Error: {self.message}." if self.message else f"RTNETLINK answers: {STRERROR[self.errno]}"


class NotModelledError(Exception):
    """A real kernel does this and the simulated one does not; the message names it, whoever asked."""


STRERROR = {
    "EACCES": "Permission denied",
    "EADDRINUSE": "Address already in use",
    "EADDRNOTAVAIL": "Cannot assign requested address",
    "EAFNOSUPPORT": "Address family not supported by protocol",
    "EBUSY": "Device or resource busy",
    "EEXIST": "File exists",
    "EHOSTUNREACH": "No route to host",
    "EINVAL": "Invalid argument",
    "EXDEV": "Invalid cross-device link",
    "ELOOP": "Too many levels of symbolic links",
    "ENETDOWN": "Network is down",
    "ENETUNREACH": "Network is unreachable",
    "ENOBUFS": "No buffer space available",
    "ENODEV": "No such device",
    "ENOENT": "No such file or directory",
    "ENOSPC": "No space left on device",
    "ENOTCONN": "Transport endpoint is not connected",
    "EOPNOTSUPP": "Operation not supported",
    "ENOTEMPTY": "Directory not empty",
    "EPERM": "Operation not permitted",
    "ERANGE": "Numerical result out of range",
    "ESRCH": "No such process",
    "EXFULL": "Exchange full",
}
