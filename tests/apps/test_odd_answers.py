"""What clients make of answers that nc sends by hand, as curl 8.14 and wget 1.25 did."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

SERVED = "sh -c 'printf \"{answer}\" | nc -N -l 8001 >/tmp/request & sleep 0.1; {line} http://127.0.0.1:8001/a/'"
CHUNKED = "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nhel\\r\\n"


def answered(answer: str, line: str) -> tuple[int, str, str]:
    """(exit status, output, errors)."""
    job = KeptSession().run(SERVED.format(answer=answer, line=line))
    return job.code, job.out, job.err


@pytest.mark.parametrize(("answer", "code", "out", "err"), [
    ("HTTP/1.1 200 OK\\nContent-Length: 3\\n\\nhel", 0, "HTTP/1.1 200 OK\nContent-Length: 3\n\nhel", ""),
    ("HTTP/1.1 200 OK\\n\\nhello", 0, "HTTP/1.1 200 OK\n\nhello", ""),
    ("HTTP/1.1 200 OK\\nhello\\n", 8, "HTTP/1.1 200 OK\n", "(8) Header without colon"),
    ("HTTP/1.1 200 OK\\nA: b\\nhello", 0, "HTTP/1.1 200 OK\nA: b\n", ""),
    ("HTTP/1.1 200 OK", 52, "", "(52) Empty reply from server"),
    ("HTTP/1.1 200 OK\\nContent-Length: x\\n\\nhel", 8, "HTTP/1.1 200 OK\n", "(8) Invalid Content-Length: value"),
    ("HTTP/1.2 200 OK\\n\\nhel", 1, "", "(1) Unsupported HTTP/1 subversion in response"),
    ("HTTP/3 200 OK\\n\\nhel", 8, "", "(8) Version mismatch (from HTTP/1 to HTTP/3)"),
    (CHUNKED + "0\\r\\n\\r\\n", 0, "hel", ""), (CHUNKED + "0\\r\\nX: y\\r\\n\\r\\n", 0, "hel", ""),
    (CHUNKED + "zz\\r\\n", 56, "hel", "(56) chunk hex-length char not a hex digit: 0x7a"),
    (CHUNKED + "5\\r\\nlo", 18, "hello", "(18) transfer closed with outstanding read data remaining")])
def test_curl_reads_an_answer_line_by_line(answer: str, code: int, out: str, err: str) -> None:
    line = "curl -sS" if answer.startswith(CHUNKED) else "curl -sSi"
    assert answered(answer, line) == (code, out, f"curl: {err}\n" if err else "")


def test_without_a_head_it_is_http_0_9() -> None:
    assert answered("hello", "curl -sS") == (1, "", "curl: (1) Received HTTP/0.9 when not allowed\n")
    assert answered("hello", "curl -sS --http0.9 -w %{http_code}") == (0, "hello000", "")
    code, out, err = answered("hello", "wget -O -")
    assert (code, out) == (0, "hello")
    assert "awaiting response... 200 No headers, assuming HTTP/0.9\nLength: unspecified\n" in err


@pytest.mark.parametrize("ending", ["", "5\\r\\nlo", "0\\r\\n\\r\\n"])
def test_wget_does_not_miss_the_last_chunk(ending: str) -> None:
    code, out, _err = answered(CHUNKED + ending, "wget -q -O -")
    assert (code, out) == (0, "hello" if "lo" in ending else "hel")


def test_wget_takes_a_head_that_was_cut_off() -> None:
    code, out, err = answered("HTTP/1.1 200 OK\\r\\nContent-Le", "wget -t 1 -O -")
    assert (code, out) == (0, "")
    assert "200 OK\nLength: unspecified" in err
    assert "netsandbox: wget: a head with a line that is no field is not modelled" in answered(
        "HTTP/1.1 200 OK\\nhello\\n", "wget -t 1 -O -")[2]


def test_what_comes_behind_the_body_ends_the_connection() -> None:
    said = answered("HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhello", "curl -sv")[2]
    assert said.splitlines()[-2:] == [
        "* Excess found writing body: excess = 2, size = 3, maxdownload = 3, bytecount = 3",
        "* shutting down connection #0"]


@pytest.mark.parametrize("name", ["/tmp", "/tmp/no/such"])
def test_a_file_that_cannot_be_written_is_an_error(name: str) -> None:
    answer = "HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhel"
    assert answered(answer, f"curl -sS -o {name}") == (23, "", "curl: (23) client returned ERROR on write of 3 bytes\n")
    assert f"Warning: Failed to open the file {name}: " in answered(answer, f"curl -o {name}")[2]


def test_the_last_part_of_a_path_names_the_file() -> None:
    assert answered("HTTP/1.1 200 OK\\r\\n\\r\\nhel", "cd /tmp; curl -sO")[0] == 0
    answer = SERVED.format(answer="HTTP/1.1 200 OK\\r\\n\\r\\nhel", line="cd /tmp; curl -sO")
    assert KeptSession().run(f"{answer}; cat /tmp/a").out == "hel"
