"""which: where a program is."""

from __future__ import annotations

from netsandbox.shell.around import Around


class Which(Around):
    """which: where a program is."""

    def start(self) -> None:
        names = [word for word in self.call.argv[1:] if not word.startswith("-")]
        found = [name for name in names if self.machine.has(name)]
        for name in found:
            self.print(f"/usr/bin/{name}")
        self.exit(0 if found and len(found) == len(names) else 1)
