"""TCP in Simplified Chinese: what a connection decided, and why a segment ended."""

from __future__ import annotations

Words = tuple[str, ...]

_AGAIN = ("{size}字节", "第{attempt}次", "{timeout}后再试")

SENTENCES: dict[str, Words] = {
    "TcpStateChanged": ("{ns}：{here}到{there}的连接由{old}变为{new}。", "{old} → {new}"),
    "TcpStateChanged.connect": ("{ns}用 SYN 发起从{here}到{there}的连接。", "{old} → {new}"),
    "TcpStateChanged.handshake": ("{ns}：{here}到{there}的连接已建立，握手完成。", "{old} → {new}"),
    "TcpStateChanged.syn": ("{ns}：己方的 SYN 还在途中，{there}的 SYN 就已到达，双方同时打开。", "{old} → {new}"),
    "TcpStateChanged.fin": ("{ns}：{there}不再向{here}发送，它的 FIN 已到。", "{old} → {new}"),
    "TcpStateChanged.close": ("{ns}：程序关闭了{here}到{there}这一侧，并以 FIN 告知。", "{old} → {new}"),
    "TcpStateChanged.ack": ("{ns}：{there}已确认{here}的 FIN。", "{old} → {new}"),
    "TcpStateChanged.rst": ("{ns}：一个 RST 立即结束了{here}到{there}的连接。", "{old} → {new}"),
    "TcpStateChanged.icmp": ("{ns}：{here}到{there}的连接还没建立，就被 ICMP 差错终止。", "{old} → {new}"),
    "TcpStateChanged.abort": ("{ns}直接切断{here}到{there}的连接。", "{old} → {new}"),
    "TcpStateChanged.timewait": (
        "{ns}：{here}到{there}的连接已结束，但仍保留记录，以免迟到的报文段造成危害。", "{old} → {new}", "60 秒"),
    "TcpStateChanged.timeout": ("{ns}：{here}与{there}之间不再等待任何报文段。", "{old} → {new}"),
    "TcpStateChanged.reuse": ("{ns}：新连接取代了{here}与{there}之间的旧连接。", "{old} → {new}"),
    "TcpRetransmitted": ("{ns}再次发送从{here}到{there}的{what}：一直没有回应。", *_AGAIN),
    "TcpRetransmitted.fast": ("{ns}再次发送从{here}到{there}的{what}：后面的已到，说明它丢失了。", *_AGAIN),
    "TcpRetransmitted.tail": ("{ns}再次发送从{here}到{there}的最后一个{what}，以便及早得知缺了什么。", *_AGAIN),
    "TcpRetransmitted.mtu": ("{ns}以更小的报文段再次发送从{here}到{there}的{what}：路径容不下更大的。", *_AGAIN),
    "TcpRetransmitted.window": ("{ns}询问{there}是否又能接收{here}的数据：它的窗口曾经关闭。", *_AGAIN),
    "TcpRetransmitted.syn": ("{ns}用{here}自己的{what}回应{there}的 SYN，并予以确认。", *_AGAIN),
    "TcpResetSent": ("{ns}从{here}向{there}发送 RST。", "{here} → {there}"),
    "TcpResetSent.no socket": ("{ns}用 RST 拒绝{there}：没有程序打开{here}。", "套接字表：没有{here}"),
    "TcpResetSent.handshake": ("{ns}向{there}发送 RST：它发给{here}的不属于任何握手。", "{here} → {there}"),
    "TcpResetSent.time-wait": ("{ns}向{there}发送 RST：与{here}的连接早已关闭。", "{here} → {there}"),
    "TcpResetSent.closed": ("{ns}向{there}发送 RST：{here}的程序已离开，却还有数据到来。", "{here} → {there}"),
    "TcpResetSent.unread data": ("{ns}向{there}发送 RST：{here}的程序没读完数据就关闭了。", "{here} → {there}"),
    "TcpResetSent.abort": ("{ns}向{there}发送 RST：{here}的程序直接切断连接。", "{here} → {there}"),
    "TcpResetSent.keepalive": ("{ns}向{there}发送 RST：它没有回应{here}的保活探测。", "tcp_keepalive_probes"),
    "TcpFailed": ("{ns}：{here}到{there}的连接失败，程序得到{error}。", "{error}"),
    "TcpFailed.rst": ("{ns}：{there}发来 RST，因此{here}的程序得到{error}。", "{error}"),
    "TcpFailed.timeout": (
        "{ns}：{there}太久没有回应，因此{here}的程序得到{error}。", "{error}", "tcp_syn_retries、tcp_retries2"),
    "TcpFailed.unreachable": (
        "{ns}：到{there}的尝试都已用尽；其间有 ICMP 差错或没有路由，因此{here}的程序得到{error}。",
        "{error}", "tcp_syn_retries、tcp_retries2"),
    "TcpFailed.icmp": ("{ns}：发往{there}的 SYN 引来 ICMP 差错，因此{here}的程序得到{error}。", "{error}"),
    "TcpSegmentsSmaller": (
        "{ns}：{there}不再确认{here}发出的数据；也许大包在路上丢失，因此段变小。",
        "{size}字节", "tcp_mtu_probing"),
    "TcpWindowShut": (
        "{ns}：{there}暂时不再接收数据，窗口为零；{here}有{waiting}字节在等待。", "{waiting}字节", "窗口 0"),
    "TcpCookieSent": (
        "{ns}：{here}的半开连接太多，因此给{there}一个 SYN cookie，什么也不保存。",
        "{waiting}个半开连接", "tcp_syncookies"),
    "TcpKeepaliveEnded": (
        "{ns}已向{there}发了{times}次保活探测，{here}没有收到数据，于是不再探测，好让命令结束；Linux 会一直探测下去。",
        "{times} 次保活"),
    "TcpChallenged": ("{ns}用 ACK 询问{there}的本意：发给{here}的可能是伪造的。", "RFC 5961"),
    "TcpChallenged.syn": ("{ns}用 ACK 询问{there}的本意：与{here}的连接中途来了 SYN。", "RFC 5961"),
    "TcpChallenged.rst": ("{ns}用 ACK 询问{there}的本意：发给{here}的 RST 序号不对。", "RFC 5961"),
    "TcpChallenged.ack": ("{ns}用 ACK 询问{there}的本意：它确认了{here}从未发送、或早已发送的数据。", "RFC 5961"),
}

REASONS: dict[str, Words] = {
    "PROTO_MEM": ("端口{port}的套接字没有内存可用", "tcp_rmem"),
    "TCP_FLAGS": ("它的标志与连接的状态不符", "端口{port}"),
    "TCP_ABORT_ON_DATA": ("它带来数据，而端口{port}的程序已经离开", "端口{port}"),
    "TCP_ZEROWINDOW": ("它带来数据，而接收窗口已关闭", "端口{port}"),
    "TCP_OLD_DATA": ("它的数据早已收到", "端口{port}"),
    "TCP_OVERWINDOW": ("它的数据超出了接收窗口", "端口{port}"),
    "TCP_OFOMERGE": ("它的数据早已收到，只是前面有空缺", "端口{port}"),
    "TCP_OFO_DROP": ("等待填补空缺的数据太多", "端口{port}", "tcp_rmem"),
    "TCP_RFC7323_PAWS": ("它的时间戳比上一个还旧，因此是过时的重复", "端口{port}"),
    "TCP_RFC7323_PAWS_ACK": ("它只是一个确认，而且已被更新的报文段超过", "端口{port}"),
    "TCP_RFC7323_TW_PAWS": ("它的时间戳比已关闭连接的最后一个还旧", "端口{port}"),
    "SOCKET_FILTER": ("dockerd 占着端口{port}只为不让别人拿走，套接字上的过滤器丢弃一切", "userland-proxy 为 false"),
    "TCP_LISTEN_OVERFLOW": (
        "端口{port}的队列已满：程序接受连接不够快", "{waiting}个等待 accept()", "backlog 为{backlog}",
        "nstat 的 TcpExtListenDrops 计入它"),
    "TCP_OLD_SEQUENCE": ("它的序号在接收窗口之前", "端口{port}"),
    "TCP_INVALID_SEQUENCE": ("它的序号在接收窗口之后", "端口{port}"),
    "TCP_INVALID_END_SEQUENCE": ("它的末尾超出了接收窗口", "端口{port}"),
    "TCP_INVALID_ACK_SEQUENCE": ("它确认了从未发送的 SYN", "端口{port}"),
    "TCP_RESET": ("这个 RST 不能结束任何连接", "端口{port}"),
    "TCP_INVALID_SYN": ("连接之中不该有 SYN", "端口{port}"),
    "TCP_CLOSE": ("连接已经关闭", "端口{port}"),
    "TCP_OLD_ACK": ("它确认的早已被确认", "端口{port}"),
    "TCP_TOO_OLD_ACK": ("它的 ACK 太旧，不可能属于这个连接", "端口{port}"),
    "TCP_ACK_UNSENT_DATA": ("它确认了尚未发送的数据", "端口{port}"),
}
