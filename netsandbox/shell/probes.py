"""which and fping: what they say is found with the programs that are there."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from netsandbox.apps.idle import judge
from netsandbox.apps.options import getopt
from netsandbox.apps.program import UsageError
from netsandbox.shell.around import Around

MOST_TARGETS = 1024


class Which(Around):
    """which: where a program is."""

    def start(self) -> None:
        names = [word for word in self.call.argv[1:] if not word.startswith("-")]
        found = [name for name in names if self.machine.has(name)]
        for name in found:
            self.print(f"/usr/bin/{name}")
        self.exit(0 if found and len(found) == len(names) else 1)


class Fping(Around):
    """fping: who of many answers; one echo request each, and three more to those that do not."""

    _dead = 0

    def start(self) -> None:
        try:
            options, targets = getopt("fping", self.call.argv[1:], "aunqAg46dDehJlmMNoRsv", "crtibBpHOQSTIfkCx")
            judge("fping", options, 3)
            self._options = options
            self._targets = self._range(targets) if "g" in options else targets
        except (UsageError, ValueError) as error:
            self.complain(f"fping: {error}" if isinstance(error, ValueError) else str(error))
            self.exit(3)
            return
        self._next()

    def _range(self, targets: list[str]) -> list[str]:
        if len(targets) == 2:
            first, last = (int(IPv4Address(target)) for target in targets)
            if last - first >= MOST_TARGETS:
                raise ValueError(f"more than {MOST_TARGETS} addresses")
            return [str(IPv4Address(address)) for address in range(first, last + 1)]
        network = IPv4Network(targets[0] if targets else "", strict=False)
        if network.num_addresses - 2 > MOST_TARGETS:
            raise ValueError(f"more than {MOST_TARGETS} addresses")
        return [str(host) for host in network.hosts()]

    def _next(self) -> None:
        if not self._targets:
            self.exit(int(self._dead > 0))
            return
        self.inner = None
        self.run(["ping", "-n", "-c", "4", "-i", "0.5", "-W", "0.5", "-w", "2", self._targets[0]], output=[])

    def ended(self, code: int) -> None:
        target = self._targets.pop(0)
        self._dead += code != 0
        is_short, is_quiet = bool(self._options.keys() & {"a", "u"}), "q" in self._options
        if "u" in self._options if code == 0 else "a" in self._options:
            pass
        elif is_short or not is_quiet:
            self.print(target if is_short else f"{target} is {'unreachable' if code else 'alive'}")
        self._next()
