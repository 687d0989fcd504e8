"""What strerror(3) says of the errors that programs meet here, by their names."""

from __future__ import annotations

TEXTS = {
    "EBADF": "Bad file descriptor", "EACCES": "Permission denied", "EADDRINUSE": "Address already in use",
    "EADDRNOTAVAIL": "Cannot assign requested address", "ECONNREFUSED": "Connection refused",
    "ECONNRESET": "Connection reset by peer", "ECONNABORTED": "Software caused connection abort",
    "EHOSTUNREACH": "No route to host", "EHOSTDOWN": "Host is down", "EINPROGRESS": "Operation now in progress",
    "EINVAL": "Invalid argument",
    "EMSGSIZE": "Message too long", "ENETDOWN": "Network is down", "ENETUNREACH": "Network is unreachable",
    "ENOBUFS": "No buffer space available", "ENODEV": "No such device", "ENOPROTOOPT": "Protocol not available",
    "ENOTCONN": "Transport endpoint is not connected", "EPERM": "Operation not permitted", "EPIPE": "Broken pipe",
    "EPROTO": "Protocol error", "ETIMEDOUT": "Connection timed out",
    "EISCONN": "Transport endpoint is already connected", "EALREADY": "Operation already in progress",
    "ENONET": "Machine is not on the network"}
NUMBERS = {
    "EACCES": 13, "EADDRINUSE": 98, "EADDRNOTAVAIL": 99, "ECONNREFUSED": 111, "ECONNRESET": 104, "ECONNABORTED": 103,
    "EHOSTUNREACH": 113, "EHOSTDOWN": 112, "EINPROGRESS": 115, "EINVAL": 22, "EMSGSIZE": 90,
    "ENETDOWN": 100, "ENETUNREACH": 101,
    "ENOBUFS": 105, "ENODEV": 19, "ENOPROTOOPT": 92, "ENOTCONN": 107, "EPERM": 1, "EPIPE": 32, "EPROTO": 71,
    "ETIMEDOUT": 110, "EISCONN": 106, "EALREADY": 114, "ENONET": 64}
"""Their numbers, on x86-64."""
