"""Bytes that are no UTF-8 go through the shell, its tools and the network as they are; a terminal shows a mark."""

from __future__ import annotations

import pytest

from netsandbox.engine.octets import shown, to_bytes, to_text
from netsandbox.session.keeping import KeptSession

OD = "od -An -tx1"
SENDS = r"printf '\xff\x80' |"


@pytest.fixture(scope="module")
def session() -> KeptSession:
    made = KeptSession()
    made.run("docker run -d --name web nginx")
    made.run(r"""docker exec web sh -c "printf '\377\200' > /usr/share/nginx/html/b.bin" """)
    return made


@pytest.mark.parametrize(("line", "said"), [
    (f"{SENDS} wc -c", "2"), (rf"printf '\xff\0A' | {OD}", " ff 00 41"), (rf"echo -e '\xfe\xff' | {OD}", " fe ff 0a"),
    (rf"echo $'\xe4\xb8' | {OD}", " e4 b8 0a"), (rf"printf '\ud800' | {OD}", " ed a0 80"),
    (r"printf '\xe4\xb8\xad\n'", "中"), (r"printf 'a\xff\n'", "a\ufffd"), (r"x=$'\xff'; echo ${#x}", "1"),
    (rf"echo -n $'\ud800' | {OD}", " ed a0 80"),
    (r"printf '\U0001F600|\U4e2d\n'; echo -e '\U0001F600' $'\U1F600'", "\U0001F600|中\n\U0001F600 \U0001F600"),
    (rf"printf '\U00110000|\U04000000|\U7fffffff|\U80000000|' | {OD}",
     " f4 90 80 80 7c fc 84 80 80 80 80 7c fd bf bf bf\n bf bf 7c 7c"),
    (rf"echo -ne '\ud83d' | {OD}", " ed a0 bd"), (r"printf '\ud800\n'", "\ufffd\ufffd\ufffd"),
    (rf"printf '\xff\xfe' > /tmp/f; cat /tmp/f | {OD}; wc -c < /tmp/f", " ff fe\n2"),
    (f"{SENDS} head -c 1 | {OD}", " ff"), (f"printf '中文' | tail -c 4 | {OD}", " ad e6 96 87"),
    (r"printf '\xff\xfe' | md5sum", "f3b25701fe362ec84616a93a45ce9998  -"), (r"printf '\xff\xfe' | base64", "//4="),
    (f"echo //4= | base64 -d | {OD}", " ff fe"), (r"printf 'a\xffb\nc\n' | grep -c b", "1"),
    (rf"printf 'a\xffb' | sed 's/\(.*\)b/\1x/' | {OD}", " 61 ff 78"),
    (f"{SENDS} cat > /tmp/b; tar cf /tmp/t.tar -C /tmp b; tar xOf /tmp/t.tar | {OD}", " ff 80"),
    (f"nc -l -p 5000 > /tmp/got & sleep 0.1; {SENDS} nc -N 127.0.0.1 5000; sleep 0.1; {OD} /tmp/got", " ff 80"),
    (f"socat -u TCP-LISTEN:99 OPEN:/tmp/so,creat & sleep 0.1; {SENDS} socat -u - TCP:127.0.0.1:99; {OD} /tmp/so",
     " ff 80"),
    (f"curl -s 172.17.0.2/b.bin | {OD}", " ff 80"), (f"curl -s -o /tmp/c 172.17.0.2/b.bin; {OD} /tmp/c", " ff 80"),
    (f"wget -qO- http://172.17.0.2/b.bin | {OD}", " ff 80"),
    (f"docker cp web:/usr/share/nginx/html/b.bin /tmp/d 2> /dev/null; {OD} /tmp/d", " ff 80")])
def test_no_byte_is_lost(session: KeptSession, line: str, said: str) -> None:
    assert session.run(line).out == f"{said}\n"


@pytest.mark.parametrize("line", [
    r"ping -c 1 $'\xff'", r"docker run --name $'\xff' nginx", r"dig $'\xff'", r"curl $'http://\xff/'", r"cat $'/\xff'",
    r"ip link add $'\xff' type dummy"])
def test_a_name_that_is_no_text_is_refused_in_words_that_can_be_shown(session: KeptSession, line: str) -> None:
    job = session.run(line)
    assert job.code
    assert job.crash is None
    assert (job.out + job.err).encode()


def test_docker_carries_other_bytes_as_marks(session: KeptSession) -> None:
    """Its API is JSON."""
    session.run(r"docker run -d --name env -e X=$'\xff' nginx")
    assert session.run("docker inspect -f '{{index .Config.Env 0}}' env").out == "X=\ufffd\n"


@pytest.mark.parametrize("data", [b"", b"a", b"\xff\x80", "中".encode(), "中".encode()[:2] + b"x", bytes(range(256))])
def test_bytes_come_back_from_text(data: bytes) -> None:
    assert to_bytes(to_text(data)) == data
    assert shown(to_text(data)) == data.decode("utf-8", "replace")
