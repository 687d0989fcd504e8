"""`tc qdisc` with the disciplines that hold nothing back here."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session
from tests.linux.test_multipath import say, two_ways


def shown(session: Session) -> str:
    return say(session, "h", "tc qdisc show dev eth0")


@pytest.mark.parametrize(("words", "text"), [
    ("pfifo limit 3", "pfifo 8001: root refcnt 2 limit 3p"), ("pfifo", "pfifo 8001: root refcnt 2 limit 1000p"),
    ("bfifo limit 3000", "bfifo 8001: root refcnt 2 limit 3000b"), ("noqueue", "noqueue 8001: root refcnt 2 "),
    ("pfifo_fast", "pfifo_fast 8001: root refcnt 2 bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1"),
    ("handle 5: pfifo limit 9", "pfifo 5: root refcnt 2 limit 9p"),
    ("fq_codel limit 20 target 10ms", ("fq_codel 8001: root refcnt 2 limit 20p flows 1024 quantum 1514 target 10ms "
                                       "interval 100ms memory_limit 32Mb ecn drop_batch 64 ")),
    ("sfq perturb 10", "sfq 8001: root refcnt 2 limit 127p quantum 1514b depth 127 divisor 1024 perturb 10sec "),
    ("sfq limit 5 depth 2 flows 2 quantum 10 headdrop",
     "sfq 8001: root refcnt 2 limit 4p quantum 256b depth 2 headdrop divisor 1024 ")])
def test_each_is_shown_as_it_is_set_and_lets_frames_go(words: str, text: str) -> None:
    session = two_ways()
    assert say(session, "h", f"tc qdisc add dev eth0 root {words}") == ""
    assert shown(session) == f"qdisc {text}\n"
    assert " 0% packet loss" in say(session, "h", "ping -c 1 10.1.0.254")
    counted = say(session, "h", "tc -s qdisc show dev eth0")
    assert "Sent 140 bytes 2 pkt (dropped 0," in counted
    say(session, "h", "tc qdisc del dev eth0 root")
    assert shown(session) == "qdisc noqueue 0: root refcnt 2 \n"


def test_what_fits_in_no_queue_is_lost() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root bfifo limit 60")
    assert "100% packet loss" in say(session, "h", "ping -c 1 -W 1 10.1.0.254")
    assert "dropped 1," in say(session, "h", "tc -s qdisc show dev eth0")


def test_another_kind_takes_the_place_of_one_and_the_same_kind_is_refused() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root pfifo")
    assert say(session, "h", "tc qdisc add dev eth0 root pfifo limit 5") == (
        "Error: Exclusivity flag on, cannot modify.\n")
    assert say(session, "h", "tc qdisc add dev eth0 root bfifo limit 3000") == ""
    assert "bfifo" in shown(session)


@pytest.mark.parametrize(("words", "complaint"), [
    ("pfifo foo", 'pfifo: unknown parameter "foo"\nUsage: ... <[p|b]fifo | pfifo_head_drop> [ limit NUMBER ]'),
    ("pfifo limit x", 'pfifo: Illegal value for "limit": "x"'),
    ("fq_codel ce_threshold_selector 1/1", "netsandbox: ce_threshold_selector of fq_codel is not modelled"),
    ("pfifo_fast limit 3", "qdisc 'pfifo_fast' does not support option parsing"),
    ("red", ("netsandbox: the queueing discipline 'red' is not modelled (netem, tbf, prio, htb, pfifo, bfifo, "
             "pfifo_fast, fq_codel, sfq, noqueue are)")), ("bogus", "Error: Specified qdisc kind is unknown."),
    ("sfq limit 1", 'Illegal "limit", must be > 1'), ("sfq perturb -1", "Error: sch_sfq: invalid perturb period."),
    ("sfq divisor 1000", "RTNETLINK answers: Invalid argument"), ("sfq ecn", "netsandbox: ecn of sfq is not modelled")])
def test_what_is_none_is_refused_and_changes_nothing(words: str, complaint: str) -> None:
    session = two_ways()
    assert say(session, "h", f"tc qdisc add dev eth0 root {words}") == complaint + "\n"
    assert shown(session) == "qdisc noqueue 0: root refcnt 2 \n"
