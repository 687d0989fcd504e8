"""What GNU Wget 1.25 says and sends of several URLs, of a body of its own, and of what is only asked for.

The words are the real one's, with times and rates that depend on the machine left out.
"""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession
from tests.apps.test_segments_of_servers import sent

CHANCE = re.compile(r"\d{4}-\d\d-\d\d [\d:]+|(?<=%) *[\d.]+[ KMGT](?=[ =])|(?<==)[\d.]+(?=s)"
                    r"|(?<=\()[\d.]+ [KMGT]?B(?=/s)|(?<=in )[\d.]+(?=s \()|(?<=time: )[\d.]+")
ASKED = "HTTP request sent, awaiting response... "
SMALL = f"     0K {' ' * 54}100%#=#s\n\n"
BEGUN = f"--#--  http://172.17.0.2/a.txt\nConnecting to 172.17.0.2:80... connected.\n{ASKED}200 OK\n"
DOTS = " ".join([".........."] * 5)
SPIDER = "Spider mode enabled. Check if remote file exists.\n"
TOTAL = "FINISHED --#--\nTotal wall clock time: #s\nDownloaded: "
WORDS = {
    "wget -O /dev/null http://172.17.0.2/big http://172.17.0.2/nope": (
        f"--#--  http://172.17.0.2/big\nConnecting to 172.17.0.2:80... connected.\n{ASKED}200 OK\n"
        "Length: 200000 (195K) [application/octet-stream]\nSaving to: ‘/dev/null’\n\n"
        f"     0K {DOTS} 25%# 0s\n    50K {DOTS} 51%# 0s\n   100K {DOTS} 76%# 0s\n"
        f"   150K {DOTS[:-5]}     100%#=#s\n\n# (#/s) - ‘/dev/null’ saved [200000/200000]\n\n"
        "--#--  http://172.17.0.2/nope\nReusing existing connection to 172.17.0.2:80.\n"
        f"{ASKED}404 Not Found\n# ERROR 404: Not Found.\n\n{TOTAL}1 files, 195K in #s (#/s)\n"),
    "wget -O - http://172.17.0.2/a.txt": (
        f"{BEGUN}Length: 6 [text/plain]\nSaving to: ‘STDOUT’\n\n{SMALL}# (#/s) - written to stdout [6/6]\n\n"),
    "wget -O /dev/null http://172.17.0.2/one": (
        f"{BEGUN.replace('a.txt', 'one')}Length: 51200 (50K) [application/octet-stream]\nSaving to: ‘/dev/null’\n\n"
        f"     0K {DOTS}100%# 0s\n    50K {' ' * 54}100%#=#s\n\n# (#/s) - ‘/dev/null’ saved [51200/51200]\n\n"),
    "wget -nv -O /dev/null http://172.17.0.2/a.txt http://172.17.0.2/nope": (
        '# URL:http://172.17.0.2/a.txt [6/6] -> "/dev/null" [1]\nhttp://172.17.0.2/nope:\n# ERROR 404: Not Found.\n'
        f"{TOTAL}1 files, 6 in #s (#/s)\n"),
    "wget --spider http://172.17.0.2/a.txt http://172.17.0.2/": (
        f"{SPIDER}{BEGUN}Length: 6 [text/plain]\nRemote file exists.\n\n{SPIDER}--#--  http://172.17.0.2/\n"
        f"Reusing existing connection to 172.17.0.2:80.\n{ASKED}200 OK\nLength: 615 [text/html]\n"
        "Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n"),
    "wget --spider http://172.17.0.2/nope": (
        f"{SPIDER}{BEGUN.replace('a.txt', 'nope').replace('200 OK', '404 Not Found')}"
        "Remote file does not exist -- broken link!!!\n\n")}
CONNECTIONS = [("http://172.17.0.2/a.txt http://172.17.0.2/ http://172.17.0.2/nope", 1),
               ("--no-http-keep-alive http://172.17.0.2/a.txt http://172.17.0.2/a.txt", 2),
               ("http://172.17.0.2/d", 1), ("http://172.17.0.2/a.txt http://172.17.0.3/ http://172.17.0.3/", 2)]


@pytest.fixture(scope="module")
def web() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name web nginx; docker run -d httpd; sleep 1")
    session.run("docker exec web sh -c 'cd /usr/share/nginx/html; mkdir d; echo in d > d/index.html; "
                "echo hello > a.txt; head -c 200000 /dev/zero > big; head -c 51200 /dev/zero > one'")
    session.run("head -c 20000 /dev/zero > /root/f")
    return session


@pytest.mark.parametrize("line", WORDS)
def test_its_words(web: KeptSession, line: str) -> None:
    said = web.run(line).err
    assert CHANCE.sub("#", said) == WORDS[line]


@pytest.mark.parametrize(("urls", "count"), CONNECTIONS)
def test_a_connection_that_a_server_keeps_is_used_again(web: KeptSession, urls: str, count: int) -> None:
    job = web.run("sh -c 'tcpdump -lni docker0 \"tcp[13] == 2\" & sleep 0.1; "
                  f"wget -q -O /dev/null {urls}; sleep 1; kill $!'")
    assert job.out.count("Flags [S]") == count


@pytest.mark.parametrize(("option", "sizes"), [
    ("--post-data=x=1", [3]), ("--method=PUT --body-data=x", [1]), ("--post-file=/root/f", [*[1448] * 5, 952])])
def test_a_body_is_written_behind_the_head(web: KeptSession, option: str, sizes: list[int]) -> None:
    job = web.run("sh -c 'tcpdump -lni docker0 dst port 80 & sleep 0.1; "
                  f"wget -q -O - {option} http://172.17.0.2/a.txt; sleep 1; kill $!'")
    found = [int(size) for size in re.findall(r"Flags \[P?\.\], seq .*length (\d+)", job.out)]
    assert found[1:1 + len(sizes)] == sizes


def test_a_second_page_does_not_wait_for_an_acknowledgment(web: KeptSession) -> None:
    """nginx sets TCP_NODELAY on what it keeps alive."""
    assert sent(web, "docker0", "curl -s http://172.17.0.2/a.txt http://172.17.0.2/a.txt")[2:] == [235, 6]
    took = web.run("curl -s -o /dev/null -o /dev/null -w '%{time_total}\\n' 172.17.0.2/a.txt 172.17.0.2/a.txt").out
    assert all(float(seconds) < 0.01 for seconds in took.split())


def test_what_ends_without_an_answer_is_tried_again(web: KeptSession) -> None:
    web.run("ncat -lk 9100 -c true &")
    job = web.run("wget -t 2 http://127.0.0.1:9100/")
    assert (job.code, job.err.count("No data received.\nRetrying."), job.err.count("Giving up.")) == (4, 1, 1)
    assert "--  (try: 2)  http://" in job.err
