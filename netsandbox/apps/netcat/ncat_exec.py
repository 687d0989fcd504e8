"""`ncat -e PROGRAM` and `ncat -c 'SHELL COMMAND'`: each connection is a program's input and output."""

from __future__ import annotations

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.netcat.nc_options import NcOptions
from netsandbox.apps.netcat.ncat import BACKLOG, FAILED, listen_on_ipv6
from netsandbox.apps.program import Context
from netsandbox.apps.socat.address import Address
from netsandbox.apps.socat.ends import End
from netsandbox.apps.socat.exec import Runner
from netsandbox.apps.socat.options import SocatOptions
from netsandbox.apps.socat.socat import Socat
from netsandbox.linux.core.socket import Socket, SocketError

TOLD = {"SOCAT_PEERADDR": "NCAT_REMOTE_ADDR", "SOCAT_PEERPORT": "NCAT_REMOTE_PORT",
        "SOCAT_SOCKADDR": "NCAT_LOCAL_ADDR", "SOCAT_SOCKPORT": "NCAT_LOCAL_PORT"}
"""What the program is told of the connection, by the names that socat has for it."""


class NcatExec(Socat):
    """One run; what flows is socat's business, and the words are ncat's."""

    name = "ncat"

    def __init__(self, context: Context, options: NcOptions, runner: Runner) -> None:
        kind = "udp" if options.udp else "tcp"
        first = Address(f"{kind}-listen" if options.listens else kind, options.host, options.ports[0],
                        source=options.source, forks=options.keeps, timeout=options.timeout, backlog=BACKLOG)
        super().__init__(context, first, Address("exec", argv=options.program), runner, SocatOptions())
        self._socket6: Socket | None = None

    def start(self) -> None:
        if self.listens and not self.first.source and self.first.kind.startswith("tcp"):
            try:
                self._socket6 = listen_on_ipv6(self.namespace, self.process, self.first.port)
            except SocketError as error:
                self.fail(f"bind(5, {{AF=10 [::]:{self.first.port}}}, 28): {TEXTS[error.name]}")
                return
        super().start()

    def make(self, address: Address, variables: dict[str, str]) -> End:
        told = {TOLD[name]: value for name, value in variables.items() if name in TOLD}
        return super().make(address, {**told, "NCAT_PROTO": self.first.kind[:3].upper()})

    def fail(self, text: str) -> None:
        what, _colon, why = text.rpartition(": ")
        where = f"bind to {what.partition(' ')[2].partition('}')[0].rpartition(' ')[2]}: " if "bind(" in what else ""
        self.complain(f"Ncat: {where}{why}.{' QUITTING.' if where else ''}")
        self.exit(FAILED if where else 1)

    def stop(self) -> None:
        if self._socket6 is not None:
            self._socket6.close()
            self._socket6 = None
        super().stop()
