"""ufw's application profiles: ports under a name, as packages put them into /etc/ufw/applications.d."""

from __future__ import annotations

from typing import NamedTuple


class Profile(NamedTuple):
    """One of them; `ports` as a rule has them."""

    title: str
    description: str
    ports: str
    protocol: str


WEB = "Small, but very powerful and efficient web server"
PROFILES = {
    "Nginx Full": Profile("Web Server (Nginx, HTTP + HTTPS)", WEB, "80,443", "tcp"),
    "Nginx HTTP": Profile("Web Server (Nginx, HTTP)", WEB, "80", "tcp"),
    "Nginx HTTPS": Profile("Web Server (Nginx, HTTPS)", WEB, "443", "tcp"),
    "OpenSSH": Profile("Secure shell server, an rshd replacement",
                       "OpenSSH is a free implementation of the Secure Shell protocol.", "22", "tcp")}
BY_NAME = {name.lower(): name for name in PROFILES}


def listed() -> str:
    return "".join(["Available applications:\n", *(f"  {name}\n" for name in PROFILES)])


def told(name: str) -> str:
    """What `app info` says of one, or of all."""
    return "\n--\n\n".join(_told(each) for each in (PROFILES if name == "all" else [name]))


def _told(name: str) -> str:
    profile = PROFILES[name]
    head = "Ports" if "," in profile.ports else "Port"
    return (f"Profile: {name}\nTitle: {profile.title}\nDescription: {profile.description}\n\n"
            f"{head}:\n  {profile.ports}/{profile.protocol}\n")
