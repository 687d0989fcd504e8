"""A port of the host's that dockerd itself holds while it has no docker-proxy: nobody else gets it, nobody is answered.

Since 28 a filter on the socket drops what comes (osallocator_linux.go); before, a
connection was made by the kernel and never accepted.
"""

from __future__ import annotations

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket

BACKLOG = 4096


class HeldPort:
    """One port.

    Args:
        target: the container's address and port, of which the rules know alone.
        is_deaf: a filter drops all.

    Raises:
        SocketError: the port cannot be had.
    """

    def __init__(self, namespace: NetworkNamespace, process: Process, protocol: str, address: int, port: int,
                 target: tuple[int, int], is_deaf: bool) -> None:
        self.target = target
        self.socket: StreamSocket | UdpSocket
        if protocol == "udp":
            self.socket = UdpSocket(namespace, process)
            self.socket.bind(address, port)
            return
        listener = self.socket = StreamSocket(namespace, process, reuse=True)
        listener.is_deaf, listener.foreground = is_deaf, False
        listener.bind(address, port)
        listener.listen(0 if is_deaf else BACKLOG)

    def close(self) -> None:
        self.socket.close()
