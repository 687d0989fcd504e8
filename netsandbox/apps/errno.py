"""What strerror(3) says of the errors that programs meet here, by their names."""

from __future__ import annotations

TEXTS = {
    "EACCES": "Permission denied", "EADDRINUSE": "Address already in use",
    "EADDRNOTAVAIL": "Cannot assign requested address", "ECONNREFUSED": "Connection refused",
    "EHOSTUNREACH": "No route to host", "EINVAL": "Invalid argument",
    "EMSGSIZE": "Message too long", "ENETDOWN": "Network is down", "ENETUNREACH": "Network is unreachable",
    "ENOBUFS": "No buffer space available", "ENODEV": "No such device", "EPERM": "Operation not permitted"}
