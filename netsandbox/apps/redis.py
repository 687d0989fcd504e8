"""redis: its protocol (RESP2 and inline commands), and the commands that need nothing but strings and a clock."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.line_session import LineSession
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes

Reply = bytes
NIL: Reply = b"$-1\r\n"
OK: Reply = b"+OK\r\n"
WRONG_NUMBER = b"-ERR value is not an integer or out of range\r\n"
LIMIT = 1 << 63
OF_BROWSERS = ("host:", "post")  # Words of HTTP: who says them is sent away without an answer (securityWarningCommand)
OTHERS = (
    "acl asking auth bgrewriteaof bgsave bitcount bitfield bitfield_ro bitop bitpos blmove blmpop blpop brpop "
    "brpoplpush bzmpop bzpopmax bzpopmin client cluster config copy debug discard dump eval eval_ro evalsha "
    "evalsha_ro exec expire expireat expiretime failover fcall fcall_ro function geoadd geodist geohash geopos "
    "georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore getbit getdel getex "
    "getrange getset hdel hello hexists hexpire hexpireat hexpiretime hget hgetall hgetdel hgetex hincrby "
    "hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex "
    "hsetnx hstrlen httl hvals incrbyfloat info lastsave latency lcs lindex linsert llen lmove lmpop lolwut lpop lpos "
    "lpush lpushx lrange lrem lset ltrim memory mget migrate module monitor move mset msetnx multi object persist "
    "pexpire pexpireat pexpiretime pfadd pfcount pfdebug pfmerge pfselftest psetex psubscribe psync pttl publish "
    "pubsub punsubscribe randomkey readonly readwrite rename renamenx replconf replicaof reset restore restore-asking "
    "role rpop rpoplpush rpush rpushx sadd save scan scard script sdiff sdiffstore setbit setex setnx setrange "
    "shutdown sinter sintercard sinterstore sismember slaveof slowlog smembers smismember smove sort sort_ro spop "
    "spublish srandmember srem sscan ssubscribe subscribe substr sunion sunionstore sunsubscribe swapdb sync time "
    "touch ttl unlink unsubscribe unwatch vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem "
    "vsetattr vsim wait waitaof watch xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread "
    "xreadgroup xrevrange xsetid xtrim zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore "
    "zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem "
    "zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore "
    "zunion zunionstore")
"""Commands of redis 8 that are not modelled."""
MOST_KEYS, MOST_BYTES = 10_000, 1 << 20


def bulk(data: bytes) -> Reply:
    return b"$%d\r\n%s\r\n" % (len(data), data)


def number(value: int) -> Reply:
    return b":%d\r\n" % value


def array(items: list[bytes]) -> Reply:
    return b"*%d\r\n" % len(items) + b"".join(bulk(item) for item in items)


class RedisSession(LineSession):
    """One connection to redis: what has come is answered with one write."""

    def greet(self) -> None:
        self.stream.socket.nodelay = True
        self._replies = b""

    def received(self, stream: Stream, data: bytes) -> None:
        super().received(stream, data)
        self._flush()

    def _answer(self, reply: Reply) -> None:
        self._replies += reply

    def _flush(self) -> None:
        if self._replies and not self.stream.is_over:
            self.stream.write(self._replies)
        self._replies = b""

    def leave(self) -> None:
        self._flush()
        super().leave()

    def take_one(self) -> bool:
        try:
            words = self._words()
        except ValueError as error:
            self._answer(b"-ERR Protocol error: %s\r\n" % to_bytes(str(error)))
            self.leave()
            return False
        if words is None:
            return False
        if words:
            self._run(words)
        return True

    def _words(self) -> list[bytes] | None:
        """One command: an array of bulk strings, or a line of words; None while it is not whole."""
        line, newline, rest = self.data.partition(b"\r\n") if self.data[:1] == b"*" else self.data.partition(b"\n")
        if not newline:
            return None
        if line[:1] != b"*":
            self.data = rest
            return line.split()
        words: list[bytes] = []
        for _item in range(_count(line[1:], b"multibulk")):
            head, newline, rest = rest.partition(b"\r\n")
            if not newline:
                return None
            if head[:1] != b"$":
                raise ValueError(f"expected '$', got '{head[:1].decode('latin-1')}'")
            size = _count(head[1:], b"bulk")
            if len(rest) < size + 2:
                return None
            words.append(rest[:size])
            rest = rest[size + 2:]
        self.data = rest
        return words

    def _run(self, words: list[bytes]) -> None:
        name, arguments = words[0].lower().decode("latin-1"), words[1:]
        if name in OF_BROWSERS:
            self._replies = b""
            self.leave()
            return
        found = COMMANDS.get(name)
        if found is None:
            self._answer(_unknown(name, words))
            return
        least, most, run = found
        if not least <= len(arguments) <= most:
            self._answer(to_bytes(f"-ERR wrong number of arguments for '{name}' command\r\n"))
            return
        self._answer(run(self, arguments))
        if name == "quit":
            self.leave()

    # -- commands

    def ping(self, arguments: list[bytes]) -> Reply:
        return bulk(arguments[0]) if arguments else b"+PONG\r\n"

    def echo(self, arguments: list[bytes]) -> Reply:
        return bulk(arguments[0])

    def set(self, arguments: list[bytes]) -> Reply:
        if len(arguments) > 2:
            return b"-ERR syntax error\r\n"
        if len(self.store) >= MOST_KEYS or len(arguments[1]) > MOST_BYTES:
            return b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
        self.store[arguments[0]] = arguments[1]
        return OK

    def get(self, arguments: list[bytes]) -> Reply:
        value = self.store.get(arguments[0])
        return NIL if value is None else bulk(value)

    def delete(self, arguments: list[bytes]) -> Reply:
        return number(sum(self.store.pop(key, None) is not None for key in arguments))

    def exists(self, arguments: list[bytes]) -> Reply:
        return number(sum(key in self.store for key in arguments))

    def add(self, arguments: list[bytes], sign: int = 1) -> Reply:
        """INCR, DECR, and INCRBY, DECRBY with a number."""
        try:
            value = int(self.store.get(arguments[0], b"0")) + sign * (int(arguments[1]) if len(arguments) > 1 else 1)
        except ValueError:
            return WRONG_NUMBER
        if not -LIMIT <= value < LIMIT:
            return b"-ERR increment or decrement would overflow\r\n"
        self.store[arguments[0]] = b"%d" % value
        return number(value)

    def subtract(self, arguments: list[bytes]) -> Reply:
        return self.add(arguments, -1)

    def append(self, arguments: list[bytes]) -> Reply:
        self.store[arguments[0]] = (self.store.get(arguments[0], b"") + arguments[1])[:MOST_BYTES]
        return number(len(self.store[arguments[0]]))

    def strlen(self, arguments: list[bytes]) -> Reply:
        return number(len(self.store.get(arguments[0], b"")))

    def keys(self, arguments: list[bytes]) -> Reply:
        if arguments[0] != b"*":
            return b"-ERR netsandbox: KEYS knows the pattern * alone\r\n"
        return array(list(self.store))

    def size(self, _arguments: list[bytes]) -> Reply:
        return number(len(self.store))

    def flush(self, _arguments: list[bytes]) -> Reply:
        self.store.clear()
        return OK

    def type(self, arguments: list[bytes]) -> Reply:
        return b"+string\r\n" if arguments[0] in self.store else b"+none\r\n"

    def select(self, arguments: list[bytes]) -> Reply:
        return OK if arguments[0] == b"0" else b"-ERR DB index is out of range\r\n"

    def command(self, _arguments: list[bytes]) -> Reply:
        return b"*0\r\n"

    def quit(self, _arguments: list[bytes]) -> Reply:
        return OK


def _unknown(name: str, words: list[bytes]) -> Reply:
    if name in OTHERS.split():
        return b"-ERR netsandbox: %s is not modelled\r\n" % words[0].upper()
    said, *arguments = (word[:128] for word in words)
    shown = b"".join(b"'%s' " % word for word in arguments)
    return b"-ERR unknown command '%s', with args beginning with: %s\r\n" % (said, shown)


def _count(text: bytes, what: bytes) -> int:
    if not text.isdigit() or len(text) > 7:
        raise ValueError(f"invalid {what.decode()} length")
    return int(text)


MANY = 1 << 20
COMMANDS: dict[str, tuple[int, int, Callable[[RedisSession, list[bytes]], Reply]]] = {
    "ping": (0, 1, RedisSession.ping), "echo": (1, 1, RedisSession.echo), "set": (2, MANY, RedisSession.set),
    "get": (1, 1, RedisSession.get), "del": (1, MANY, RedisSession.delete), "exists": (1, MANY, RedisSession.exists),
    "incr": (1, 1, RedisSession.add), "decr": (1, 1, RedisSession.subtract), "incrby": (2, 2, RedisSession.add),
    "decrby": (2, 2, RedisSession.subtract), "append": (2, 2, RedisSession.append),
    "strlen": (1, 1, RedisSession.strlen), "keys": (1, 1, RedisSession.keys), "dbsize": (0, 0, RedisSession.size),
    "flushall": (0, 1, RedisSession.flush), "flushdb": (0, 1, RedisSession.flush), "type": (1, 1, RedisSession.type),
    "select": (1, 1, RedisSession.select), "command": (0, MANY, RedisSession.command),
    "quit": (0, MANY, RedisSession.quit)}
"""By name: the fewest and the most arguments, and what is done."""
