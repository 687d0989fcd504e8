"""Every option that the real programs' own help or manual names is modelled, refused by name in one line, or noted.

`real_options.txt` has what curl 8.14, wget 1.25, bind 9.20, traceroute 2.1, tcpdump 4.99, socat 1.8, OpenBSD's nc,
findutils 4.10, coreutils 9.7, procps 4.0 and other small tools say of themselves; `_` stands before a value.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import netsandbox
from netsandbox.apps.curl import options as curl_options
from netsandbox.apps.dig import options as dig_options
from netsandbox.apps.ping import options as ping_options
from netsandbox.apps.tcpdump import options as tcpdump_options
from netsandbox.apps.wget import options as wget_options
from netsandbox.session.keeping import KeptSession
from netsandbox.shell import timeout, watch, xargs

HERE = Path(__file__).parent
REAL = {found[1]: found[2].split() for found in
        re.finditer(r"(?m)^(\w+):((?:.*\n)(?:  .*\n)*)", (HERE / "real_options.txt").read_text(encoding="utf-8"))}
TAILS = {"curl": "-m 1 http://127.0.0.1:9", "wget": "-T 1 -t 1 http://127.0.0.1:9", "dig": "+tries=1 a.b @127.0.0.1",
         "host": "a.b 127.0.0.1", "nslookup": "a.b 127.0.0.1", "ping": "-c 1 127.0.0.1",
         "traceroute": "-n -m 1 127.0.0.1", "socat": "- TCP:127.0.0.1:9",
         "nc": "127.0.0.1 9", "tcpdump": "-i lo -c 1", "xargs": "echo", "timeout": "1 true", "watch": "true"}
ODD = re.compile("unrecognized|invalid option|illegal option|Invalid option|Bad option|is unknown|unknown option"
                 "|Traceback")
TABLES = {"curl": curl_options.TABLE, "wget": wget_options.GNU, "wget of BusyBox": wget_options.BUSYBOX,
          "dig": dig_options.OPTIONS, "dig -": dig_options.DASHED, "ping": ping_options.TABLE, "host": dig_options.HOST,
          "nslookup": dig_options.NSLOOKUP, "tcpdump": tcpdump_options.OPTIONS, "xargs": xargs.OPTIONS,
          "timeout": timeout.OPTIONS, "watch": watch.OPTIONS}


@pytest.mark.parametrize("tool", REAL)
def test_no_option_of_the_real_program_is_unknown(tool: str) -> None:
    session, wrong = KeptSession(), list[str]()
    for option in REAL[tool]:
        words = " ".join(f"'{word}'" for word in option.split("_"))
        job = session.run(f"echo a | timeout 2 {tool} {words} {TAILS.get(tool, '')}")
        said = [line for line in job.err.splitlines() if "is not modelled" in line]
        name = option.partition("_")[0].partition("=")[0]
        if ODD.search(job.err + job.out):
            wrong.append(f"{option}: {job.err.splitlines()[:1]}")
        elif said and (len(job.err.splitlines()) != 1 or not job.code or not re.search(
                rf" ({re.escape(name)}|{re.escape(name[:2])} )", said[0])):
            wrong.append(f"{option} is refused with {job.code}, {job.err!r}")
    assert not wrong, f"{len(wrong)} of {len(REAL[tool])} options of {tool}\n" + "\n".join(wrong)


def source(name: str) -> str:
    """What a program's modules say, without its tables."""
    texts = []
    package = Path(netsandbox.__file__).parent
    around = [package / "shell/around.py"] if (package / f"shell/{name}.py").exists() else []
    for path in sorted([*package.rglob(f"{name}*.py"), *package.rglob(f"{name}/*.py"), *around]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts += [ast.unparse(node) for node in tree.body if not (isinstance(node, ast.Assign) and isinstance(
            node.value, ast.Call) and ast.unparse(node.value.func) == "OptionTable")]
    return "\n".join(texts)


KINDRED = {"vc", "rdflag", "defname", "data-binary"}
"""Asked for by another name, or with others of their kind."""


@pytest.mark.parametrize("tool", TABLES)
def test_what_a_table_says_is_modelled_is_asked_for(tool: str) -> None:
    text = source({"host": "dig", "nslookup": "dig"}.get(tool, tool.partition(" ")[0]))
    options = {*TABLES[tool].letters.values(), *TABLES[tool].names.values()}
    silent = [option.name for option in options if option.role == "acts" and f"'{option.name}'" not in text
              and f"'-{option.name}'" not in text and f"'--{option.name}'" not in text and option.name not in KINDRED]
    assert not silent, f"nothing asks for {tool} {silent}"


@pytest.mark.parametrize("row", (HERE / "real_complaints.txt").read_text(encoding="utf-8").splitlines())
def test_the_programs_own_words_and_statuses(row: str) -> None:
    """Rows of an exit status, a line, and how what the real program says of it begins."""
    before, _arrow, says = row.partition(" =>")
    code, _space, line = before.partition(" ")
    job = KeptSession().run(line)
    assert job.code == int(code)
    assert job.err.lstrip().startswith(says.strip()) if says else not job.err


def test_curl_globs_and_tries_again() -> None:
    session = KeptSession()
    assert session.run("curl -sS '127.0.0.[01-05:2]:{8,9}/' -w '%{url} '").out == (
        "127.0.0.01:8/ 127.0.0.01:9/ 127.0.0.03:8/ 127.0.0.03:9/ 127.0.0.05:8/ 127.0.0.05:9/ ")
    session.run("mkdir -p a b; echo 1 > a/1; echo 2 > a/2; echo 3 > b/2; python3 -m http.server 80 &")
    session.run("curl -s -o 'g#1-#2-#3#0' 'localhost/{a,b}/[1-2]' -o 'h#1' localhost/a/1 -o i 'localhost/{a,b}/2'")
    assert session.run("echo g* h* i; cat i ga-2-#3#0").out == (
        "ga-1-#3#0 ga-2-#3#0 gb-1-#3#0 gb-2-#3#0 h#1 i\n3\n2\n")
    job = session.run("curl --retry 2 --retry-connrefused 127.0.0.1:9")
    assert [line for line in job.err.splitlines() if "Warning" in line] == [
        "Warning: Problem : connection refused. Will retry in 1 second. 2 retries left.",
        "Warning: Problem : connection refused. Will retry in 2 seconds. 1 retry left."]


@pytest.mark.parametrize("answer", ["hello", "hello world", "two\\nlines"])
def test_an_answer_without_headers_is_http_0_9(answer: str) -> None:
    session = KeptSession()
    said = {}
    for program in ("curl -sS", "wget -O-"):
        session.run(f"printf '{answer}' | nc -N -l 8080 &")
        job = session.run(f"{program} localhost:8080")
        said[program] = job.code, job.err.splitlines()
    assert said["curl -sS"] == (1, ["curl: (1) Received HTTP/0.9 when not allowed"])
    code, lines = said["wget -O-"]
    assert (code, lines[-8:-6]) == (0, ["HTTP request sent, awaiting response... 200 No headers, assuming HTTP/0.9",
                                        "Length: unspecified"])


def test_curl_sends_what_the_real_one_sent() -> None:
    session = KeptSession()
    session.run("nc -l 8999 > heard &")
    session.run("curl -s -m 1 -u a:b --compressed -b x=y --json '{}' -e r http://127.0.0.1:8999/p?q")
    assert session.run("cat heard").out.replace("\r", "").splitlines() == [
        "POST /p?q HTTP/1.1", "Host: 127.0.0.1:8999", "Authorization: Basic YTpi", "User-Agent: curl/8.14.1",
        "Accept-Encoding: deflate, gzip, br, zstd", "Referer: r", "Cookie: x=y", "Content-Type: application/json",
        "Accept: application/json", "Content-Length: 2", "", "{}"]
    session.run("nc -l 8999 > heard &")
    session.run("curl -s -m 1 -x 127.0.0.1:8999 http://example.com/p?q -G --data-urlencode 'a=b c'")
    assert session.run("cat heard").out.replace("\r", "").splitlines() == [
        "GET http://example.com/p?q&a=b+c HTTP/1.1", "Host: example.com", "User-Agent: curl/8.14.1", "Accept: */*",
        "Proxy-Connection: Keep-Alive", ""]


def test_a_signal_lets_tcpdump_finish_and_ends_ping() -> None:
    session = KeptSession()
    assert "0 packets captured" in session.run("timeout 2 tcpdump -i lo").err
    assert "0 packets captured" in session.run("tcpdump -i lo & sleep 1; kill %1; wait").err
    assert "statistics" not in session.run("timeout 2 ping 127.0.0.1").out
    assert "statistics" in session.run("timeout -s INT 2 ping 127.0.0.1").out


def test_tcpdump_shows_packets_as_text_and_counts_them() -> None:
    session = KeptSession()
    session.run("tcpdump -i lo -w kept & sleep 1; echo 'a b' | nc -u -w1 127.0.0.1 9; kill %1; wait")
    lines = session.run("tcpdump -nn -t -A -r kept udp").out.splitlines()
    assert lines[0].startswith("IP 127.0.0.1.")
    assert lines[1].startswith("E.. ")
    assert lines[1].endswith("a b")
    assert session.run("tcpdump --count -r kept").out == "2 packets\n"


def test_socat_tells_what_flows_and_goes_one_way() -> None:
    session = KeptSession()
    session.run("socat -v TCP-LISTEN:8777,reuseaddr EXEC:cat 2> log &")
    session.run("printf 'hi there\\n\\001x' | socat -t1 - TCP:127.0.0.1:8777")
    told = session.run("cat log").out
    assert re.fullmatch(r"> \S+ [0-9:]{8}\.\d{9}  length=11 from=0 to=10\nhi there\n\.x"
                        r"< \S+ [0-9:]{8}\.\d{9}  length=11 from=0 to=10\nhi there\n\.x", told)
    session.run("socat -u TCP-LISTEN:8778 - > heard &")
    session.run("echo one | socat -u - TCP:127.0.0.1:8778")
    assert session.run("cat heard").out == "one\n"


SHOWN = re.findall(r"(?ms)^\$ (.*?)\n(.*?)(?=^\$ |\Z)", (HERE / "real_output.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("line", "says"), SHOWN, ids=[line for line, _says in SHOWN])
def test_what_the_programs_print(line: str, says: str) -> None:
    assert KeptSession().run(line).out == says


NFT = re.findall(r"(?ms)^\$ (.*?)\n(\d+)\n(.*?)(?=^\$ |\Z)", (HERE / "real_nft.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("line", "code", "says"), NFT, ids=[line for line, _code, _says in NFT])
def test_nft_lists_what_was_said_and_points_at_what_is_wrong(line: str, code: str, says: str) -> None:
    session = KeptSession()
    session.run("ip netns add h")
    for before in ("nft add table ip filter", "nft add chain ip filter CH",
                   "nft 'add chain ip filter INPUT { type filter hook input priority 0; }'",
                   "nft add rule ip filter INPUT tcp dport 80 counter accept",
                   "nft add rule ip filter CH ip saddr 10.0.0.5 drop"):
        assert session.run(f"ip netns exec h {before}").code == 0, before
    job = session.run(f"ip netns exec h {line}")
    assert (job.code, (job.out + job.err).rstrip("\n")) == (int(code), says.rstrip("\n"))


@pytest.mark.parametrize(("said", "listed"), [
    ("log level warn", "log"), ("log level info prefix '\"a\"'", 'log prefix "a" level info')])
def test_nft_lists_a_log_in_its_own_order(said: str, listed: str) -> None:
    session = KeptSession()
    assert session.run(f"nft add rule ip filter DOCKER-USER {said}").code == 0
    assert f"\t\t{listed}\n" in session.run("nft list chain ip filter DOCKER-USER").out


@pytest.mark.parametrize(("source", "wrong", "what"), [
    ("300.1.1.1", "300.1.1.1", "Could not resolve hostname: Name or service not known"),
    ("{ 1.1.1.1, 300.1.1.1 }", "300.1.1.1", "Could not resolve hostname: Name or service not known"),
    ("!= 10.0.0.0/33", "10.0.0.0/33", "Prefix length 33 is invalid for type of 32 bits width"),
    ("1.2.3.9-1.2.3.3", "1.2.3.9-1.2.3.3", "Range negative size")])
def test_nft_points_at_an_address_that_is_none(source: str, wrong: str, what: str) -> None:
    line = f"add rule ip filter DOCKER-USER ip saddr {source} drop"
    marked = " " * line.index(wrong) + "^" * len(wrong)
    assert KeptSession().run(f"nft {line}").err == f"Error: {what}\n{line}\n{marked}\n"


def test_ifconfig_tries_every_word_for_a_device_that_there_is_not() -> None:
    job = KeptSession().run("ifconfig e9 10.0.0.1 netmask 255.255.255.0 broadcast 10.0.0.255 up")
    no_flags = "e9: ERROR while getting interface flags"
    assert job.err.splitlines() == [f"{text}: No such device" for text in (
        "SIOCSIFADDR", no_flags, "SIOCSIFNETMASK", "SIOCSIFBRDADDR", no_flags)]
    assert job.code == 255


def test_net_tools_read_names_of_etc_hosts() -> None:
    session = KeptSession()
    session.run("echo 172.17.0.77 box >> /etc/hosts")
    assert session.run("route add -net 10.6.0.0/16 gw box").code == 0
    assert "10.6.0.0        172.17.0.77     255.255.0.0     UG" in session.run("route -n").out
    assert session.run("arp box").out == "box (172.17.0.77) -- no entry\n"


@pytest.mark.parametrize(("options", "waits"), [("", 0.5), ("-t 2", 2), ("-t.25", 0.25), ("-t 0", 0), ("-u", 0)])
def test_socat_waits_for_an_answer_as_long_as_t_says(options: str, waits: float) -> None:
    """The default is half a second; one way alone waits for nothing."""
    session = KeptSession()
    session.run("socat UDP-LISTEN:9998,fork EXEC:cat &")
    before, after = (session.run(line).out for line in (
        "date +%s.%N", f"echo hi | timeout 20 socat {options} - UDP:127.0.0.1:9998; date +%s.%N"))
    assert float(after.split()[-1]) - float(before) == pytest.approx(waits, abs=0.001)


def test_socat_begins_to_wait_when_it_is_connected_and_again_with_every_byte() -> None:
    session = KeptSession()
    session.run("socat -t 9 TCP-LISTEN:9997 SYSTEM:'sleep 0.4; echo a; sleep 0.4; echo b; sleep 0.6; echo c' &")
    assert session.run("socat - TCP:127.0.0.1:9997 < /dev/null").out == "a\nb\n"


@pytest.mark.parametrize(("word", "says"), [("x", "missing numerical value of"), ("", "missing numerical value of"),
                                            ("1x", "trailing garbage in numerical arg of")])
def test_socat_refuses_a_time_that_is_none(word: str, says: str) -> None:
    job = KeptSession().run(f"socat -t {word} - TCP:127.0.0.1:9" if word else "socat -t")
    assert job.code == 1
    assert job.err.endswith(f'E parseopts(): {says} option "-t"\n')


def test_curl_g_takes_brackets_as_they_are() -> None:
    session = KeptSession()
    assert session.run("curl -g -sS '127.0.0.1:9/[1-3]'").err.count("\n") == 1
    assert session.run("curl -sS '127.0.0.1:9/[1-3]'").err.count("\n") == 3
