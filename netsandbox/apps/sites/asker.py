"""Web pages that say who asks: what ifconfig.me answers, and a LAN machine of a lab."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.http_server import HttpSession, Response, Site
from netsandbox.apps.sites.public import PublicSite
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.http import Head


class AskerSite(PublicSite):
    """The client's address, and nothing else."""

    form = "{address}"

    def page(self, session: HttpSession, head: Head) -> Response:
        text = self.form.format(address=session.peer, port=session.stream.socket.peer_port)
        return Response(200, to_bytes(text), "text/plain", closes=True)

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        return [("Content-Type", response.kind), ("Content-Length", str(len(response.body)))]

    def refuse(self, session: HttpSession, _line: str) -> Response:
        return Response(400, b"", "text/plain", closes=True)


class LanSite(AskerSite):
    """A line for a person."""

    https = 0
    form = "you are {address} port {port}\n"


ASKER_SITES: dict[str, Callable[[Files | None], Site]] = {"asker": AskerSite, "lan": LanSite}
