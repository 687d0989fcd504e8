"""tcpdump 4.99: what passes an interface, printed while it happens."""

from __future__ import annotations

from netsandbox.apps.capture_file import BEGINNING, CaptureText
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.tap import OUT, Seen, Tap
from netsandbox.apps.tcpdump.lines import Lines
from netsandbox.apps.tcpdump.options import LINK_TYPES, SNAPLEN, USAGE, VERSION, TcpdumpOptions, parse
from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.apps.tcpdump.pcap_filter import Filter
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace

ANY = "any"
LINK = ("EN10MB (Ethernet)", "LINUX_SLL2 (Linux cooked v2)")
MAGIC_SIZE = 4  # Bytes by which a capture is known
MOST_FRAMES = 100_000  # Frames in the captures that are written now; the lab keeps them in memory


class Tcpdump(Program):
    """One run of tcpdump.  Exit status 0, or 1 when it cannot listen (any more).

    Attributes:
        captured: printed frames.  received: those that the filter let through.
    """

    name = "tcpdump"
    heeds_term = True
    listens = True
    is_endless = True  # Always: with -c too, the frames that it waits for may never come

    def __init__(self, namespace: NetworkNamespace, options: TcpdumpOptions, files: Files, pid: int = 1,
                 names: dict[str, int] | None = None) -> None:
        super().__init__(namespace, pid)
        self.options = options
        self._files = files
        self.captured = self.received = 0
        self._names = names or {}
        self._is_cooked = options.interface == ANY
        self._lines = Lines(options, self._is_cooked, self._names)
        self._filter: Filter
        self._tap: Tap | None = None
        self._written: list[Seen] | None = None
        self._path = ""  # Of what is written, whatever the working directory is later

    def start(self) -> None:
        """Open the interface and say so."""
        for note in self.options.notes:
            self.complain(note)
        if self.options.shows_help:
            self.print(VERSION if self.options.shows_version else f"{VERSION}\n{USAGE}")
            self.exit(0)
            return
        if self.options.lists == "D":
            self.print("\n".join(interface_list(self.namespace)))
            self.exit(0)
            return
        if self.options.read:
            self._replay()
            return
        try:
            interface = self._open()
            if self.options.monitors:
                raise UsageError(f"tcpdump: {self._named(interface)}: That device doesn't support monitor mode", 1)
        except UsageError as error:
            self._fail(error)
            return
        if self.options.lists:
            self._list(self._named(interface))
        elif not self.options.write or self._open_file():
            self._listen(interface)

    def _listen(self, interface: Interface | None) -> None:
        self._announce(interface)
        self._tap = Tap(self.namespace, interface, not self.options.is_not_promiscuous, self._take, self._disappear)

    def _open_file(self) -> bool:
        """What -w writes is there from now on; whether it can be."""
        path, pid = self.options.write, self.process.pid
        try:
            self._path = self._files.create(path)
            self._files.write(path, CaptureText.begun(self._is_cooked, pid))
        except FileError as error:
            self.complain(f"tcpdump: {path[:60]}: {error}")
            self.exit(1)
            return False
        self._written = self.captures[pid] = []
        return True

    @staticmethod
    def _named(interface: Interface | None) -> str:
        return ANY if interface is None else interface.name

    def _list(self, name: str) -> None:
        """-L and -J."""
        option, rows = ("-y", LINK_TYPES[self._is_cooked]) if self.options.lists == "L" else ("-j", ("host (Host)",))
        what = "Data link types" if option == "-y" else "Time stamp types"
        self.print("\n".join([f"{what} for {name} (use option {option} to set):", *(f"  {row}" for row in rows)]))
        self.exit(0)

    def _open(self) -> Interface | None:
        """The interface, None for any; compiles the filter (UsageError: no such interface, it is down, or the
        expression is wrong)."""
        interface = None
        if self._is_cooked:
            if not self.options.is_not_promiscuous:
                self.complain("tcpdump: WARNING: any: That device doesn't support promiscuous mode\n"
                              '(Promiscuous mode not supported on the "any" device)')
        else:
            interface = self._find(self.options.interface)
        addresses = interface.addresses if interface is not None else []
        self._compile(addresses[0].network.mask if addresses else 0)
        return interface

    def _compile(self, mask: int, is_file: bool = False) -> None:
        try:
            self._filter = Filter(self.options.expression, {name: [at] for name, at in self._names.items()}, mask,
                                  self._is_cooked, is_file)
        except FilterError as error:
            raise UsageError(f"tcpdump: {error.message}", 1) from None

    def _find(self, name: str) -> Interface:
        if not name:
            return next((i for i in _by_merit(self.namespace) if i.up), self.namespace.lo)
        interface = self.namespace.interfaces.get(name)
        if interface is None:
            raise UsageError(f"tcpdump: {name}: No such device exists\n(No such device exists)", 1)
        if not interface.up:
            raise UsageError(f"tcpdump: {name}: That device is not up", 1)
        return interface

    def _announce(self, interface: Interface | None) -> None:
        text = (f"listening on {self._named(interface)}, link-type {LINK[interface is None]}, "
                f"snapshot length {self.options.snaplen} bytes")
        if self.options.verbose or self.options.write:
            self.complain(f"tcpdump: {text}")
        else:
            self.complain("tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n" + text)

    def _fail(self, error: UsageError) -> None:
        self.complain(str(error))
        self.exit(error.code)

    def _kept(self) -> CaptureText:
        """Raises: UsageError: there is no such capture."""
        try:
            capture = self._files.read(self.options.read)
        except FileError as error:
            raise UsageError("tcpdump: error reading dump file: Is a directory" if error.name == "EISDIR" else
                             f"tcpdump: {self.options.read}: {error}\nnote: -r reads what -w wrote in this lab; "
                             "files of the disk stay outside", 1) from None
        if not isinstance(capture, CaptureText):
            raise UsageError(_no_capture(capture), 1)
        return capture

    def _replay(self) -> None:
        """-r: what -w has kept."""
        try:
            capture = self._kept()
        except UsageError as error:
            self._fail(error)
            return
        self._is_cooked = capture.is_cooked
        self._lines = Lines(self.options, self._is_cooked, self._names)
        self.complain(f"reading from file {self.options.read}, link-type {LINK[self._is_cooked]}, snapshot "
                      f"length {SNAPLEN}")
        try:
            self._compile(0, is_file=True)
        except UsageError as error:
            self._fail(error)
            return
        kept = self.captures.get(capture.pid, capture.frames)
        frames = [seen for seen in kept if self._filter.matches(seen.frame.wire(), seen.kind == OUT)]
        shown = frames[:self.options.count]
        if self.options.counts:
            self.print(f"{len(shown)} packet{'s' * (len(shown) != 1)}")
        for seen in [] if self.options.counts else shown:
            self.print(self._lines.of(seen))
        self.exit(0)

    # -- capturing

    def _take(self, frames: list[Seen]) -> None:
        """Print those that the filter lets through, until there are enough."""
        for seen in frames:
            if self.code is not None or not self._filter.matches(seen.frame.wire(), seen.kind == OUT):
                continue
            self.received += 1
            if not self._is_shown(seen) or self.captured == self.options.count:
                continue
            if self._written is not None and self._is_full:
                self.complain("tcpdump: Unable to write output: No space left on device")
                self.scheduler.soon(self._finish, 1)
                return
            self.captured += 1
            if self._written is not None:
                self._written.append(seen)
            if (self._written is None and not self.options.counts) or self.options.prints:
                self.print(self._lines.of(seen))
            if self.captured == self.options.count:
                self.scheduler.soon(self._finish, 0)

    @property
    def _is_full(self) -> bool:
        """Whether there is no room for another frame: all captures of the lab share it."""
        return sum(map(len, self.captures.values())) >= MOST_FRAMES

    def _is_shown(self, seen: Seen) -> bool:
        """What leaves by lo comes in again, and is shown then."""
        if seen.kind == OUT and seen.interface.is_loopback:
            return False
        return self.options.direction == "inout" or (seen.kind == OUT) == (self.options.direction == "out")

    def _disappear(self) -> None:
        if self.code is None:
            self.complain("tcpdump: pcap_loop: The interface disappeared")
            self.scheduler.soon(self._finish, 1)

    def interrupt(self) -> None:
        """Ctrl-C: the summary."""
        if self.code is None and self._tap is not None:
            self._tap.read()
            if self._written is None:
                self.print("")
            self._finish(0)

    def _finish(self, code: int) -> None:
        if self.code is not None:
            return
        packets = "packet" if self.captured == 1 else "packets"
        received = "packet" if self.received == 1 else "packets"
        self.complain(f"{self.captured} {packets} captured\n{self.received} {received} received by filter\n"
                      "0 packets dropped by kernel")
        if self._written is not None:
            self.complain(f"note: {self.options.write[:60]} is kept in the lab, for tcpdump -r; `export FILE` writes "
                          "to the disk")
        self.exit(code)

    def stop(self) -> None:
        if self._tap is not None:
            self._tap.close()
        if self._written is not None:
            self._close_file(self._written)

    def _close_file(self, frames: list[Seen]) -> None:
        """The last block is written, if the file is still there."""
        self.captures.pop(self.process.pid, None)
        try:
            begun = self._files.read(self._path)
            if isinstance(begun, CaptureText) and begun.pid == self.process.pid:
                self._files.write(self._path, CaptureText.whole(self._is_cooked, frames, self.options.snaplen))
        except FileError as error:
            self.complain(f"tcpdump: Unable to write output: {error}")


def _no_capture(text: str) -> str:
    """What is said of a file that -w has not made, nor cp of one that it did."""
    if len(text) < MAGIC_SIZE:
        return f"tcpdump: truncated dump file; tried to read 4 file header bytes, only got {len(text)}"
    if text.startswith(BEGINNING):
        return "netsandbox: tcpdump -r of a capture that went through a pipe is not modelled; cp keeps it one"
    return "tcpdump: unknown file format"


def program(context: Context) -> Tcpdump:
    """One run of it (program.Maker)."""
    return Tcpdump(context.namespace, parse(context.arguments), context.files, context.next_pid(), context.names)


def _by_merit(namespace: NetworkNamespace) -> list[Interface]:
    """The interfaces as libpcap lists them: those that run first, lo last."""
    return sorted(namespace.interfaces.values(), key=lambda i: (i.is_loopback, not (i.up and i.running), i.index))


def interface_list(namespace: NetworkNamespace) -> list[str]:
    """-D: the interfaces by number, with their state."""
    rows = [(i, f"{i.name} [{_state(i)}]") for i in _by_merit(namespace)]
    running = [text for i, text in rows if i.up and i.running and not i.is_loopback]
    others = [text for i, text in rows if not (i.up and i.running) or i.is_loopback]
    lines = [*running, f"{ANY} (Pseudo-device that captures on all interfaces) [Up, Running]", *others]
    return [f"{number}.{text}" for number, text in enumerate(lines, 1)]


def _state(interface: Interface) -> str:
    words = ["Up"] if interface.up else []
    words += ["Running"] if interface.up and interface.running else []
    if interface.is_loopback:
        words.append("Loopback")
    else:
        words.append("Connected" if interface.up and interface.running else "Disconnected")
    return ", ".join(words)
