"""Each word that `ip link … type KIND` reads changes what `ip -d link` shows, or is refused by name, or noted."""

from __future__ import annotations

import re

import pytest

from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.devices.kind import Attribute, Form
from netsandbox.linux.drivers.gre import FLAGS, KEYS
from netsandbox.session.keeping import KeptSession

VALUES = {Form.FLAG: [""], Form.NUMBER: ["7", "1", "2", "0", "100", "700", "16"], Form.ON_OFF: ["on", "off"],
          Form.ADDRESS: ["10.0.0.9"], Form.ADDRESSES: ["10.0.0.9,10.0.0.8"],
          Form.DEVICE: ["s0", "e0"], Form.MAP: ["1:2"], Form.TTL: ["5"],
          Form.AUTO_TTL: ["5"], Form.GROUP: ["239.1.1.1"], Form.HOST: ["10.0.0.9"], Form.PAIR: ["1000 2000"],
          Form.LIST: ["add 02:00:00:00:00:09"], Form.TABLE: ["77"], Form.WORD: ["2", "02:00:00:00:00:77"],
          Form.PEER: ["name other"], Form.TUNNEL_KEY: ["7"]}
LOWER = {"vlan": "link e0", "macvlan": "link d0", "ipvlan": "link d1"}
NEEDED = {"vlan": "id 9", "vrf": "table 99", "vxlan": "id 9 dstport 4789 dev e0", "gre": "remote 10.0.0.7",
          "ipip": "remote 10.0.0.7", "gretap": "remote 10.0.0.7"}
MORE = {"bond": ("mode active-backup", "", "miimon 100"), "macvlan": ("mode source", "mode bridge"),
        "vxlan": ("group 239.1.1.2", "")}
USUAL = {("gre", "pmtudisc"), ("gretap", "pmtudisc"), ("ipip", "pmtudisc"), ("gre", "noignore-df"),
         ("gretap", "noignore-df"), ("ipvlan", "bridge"),
         *(("vxlan", word) for word in ("learning", "udpcsum", "norsc", "noproxy", "nol2miss", "nol3miss")),
         *((kind, f"no{word}") for kind in ("gre", "gretap") for word in (*KEYS, *FLAGS))}
"""They say what is so anyway."""
ACTS = {("bridge", "fdb_flush"), ("bridge_slave", "fdb_flush"), ("bond", "primary"), ("bond", "active_slave")}
"""They do something, and set nothing; or are about a slave, of which a new bond has none."""
ALL = [(kind.name, attribute) for kind in kinds.all_kinds() if kind.name != "tun"
       for attribute in kind.attributes or ()]
SLAVES = [(kind.name, attribute) for kind in kinds.all_kinds() for attribute in kind.slave_attributes or ()]


def lab() -> KeptSession:
    session = KeptSession()
    session.run("ip link add e0 type veth peer name e1; ip link add s0 type veth peer name s1")
    session.run("ip link add d0 type dummy; ip link add d1 type dummy; ip link set e0 up; ip link set e1 up")
    return session


def shown(session: KeptSession, name: str) -> str:
    return re.sub(r"ether \S+|_id \S+|_root \S+|_bridge \S+", "", session.run(f"ip -d link show {name}").out)


def values(attribute: Attribute) -> list[str]:
    if attribute.form is Form.REFUSED:
        return [" ".join(["1"] * attribute.words)]
    return list(attribute.choices) or VALUES[attribute.form]


def has_answer(session: KeptSession, line: str, name: str, usual: str) -> bool:
    """Whether a line says or shows that it was understood."""
    job = session.run(line)
    if "not modelled" in job.err or "option not supported in mode" in job.err:
        return True
    return job.code == 0 and (bool(job.err) or shown(session, name) != usual)


@pytest.mark.parametrize(("kind", "attribute"), ALL, ids=lambda one: getattr(one, "key", one))
def test_no_word_of_a_kind_is_taken_in_silence(kind: str, attribute: Attribute) -> None:
    if (kind, attribute.spellings[0].rstrip("*")) in USUAL | ACTS:
        return
    word, lower, needed = attribute.spellings[0].rstrip("*"), LOWER.get(kind, ""), NEEDED.get(kind, "")
    for more in MORE.get(kind, ("",)):
        plain = lab()
        plain.run(f"ip link add x {lower} type {kind} {needed} {more}")
        usual = shown(plain, "x")
        kept = re.sub(rf"\b{word} \S+", "", needed)  # a second value may be refused
        if any(has_answer(lab(), f"ip link add x {lower} type {kind} {kept} {more} {word} {value}", "x", usual)
               for value in values(attribute)):
            return
    pytest.fail(f"ip link add … type {kind} {word} does nothing, and says nothing")


@pytest.mark.parametrize(("kind", "attribute"), SLAVES, ids=lambda one: getattr(one, "key", one))
def test_no_word_of_a_slave_is_taken_in_silence(kind: str, attribute: Attribute) -> None:
    session, word = lab(), attribute.spellings[0].rstrip("*")
    if (f"{kind}_slave", word) in ACTS:
        return
    session.run(f"ip link add mm0 up type {kind}; ip link set s0 master mm0; ip link set s0 up; ip link set s1 up")
    usual = shown(session, "s0")
    assert any(has_answer(session, f"ip link set s0 type {kind}_slave {word} {value}", "s0", usual)
               for value in values(attribute)), word


def test_a_bond_answers_for_its_slaves_as_the_kernel_does() -> None:
    session = lab()
    for line, code, said in (
            ("ip link add bb0 type bond mode active-backup active_slave s0", 2, "Error: invalid option value.\n"),
            ("ip link add bb0 type bond primary s0", 2, "Error: option not supported in mode.\n"),
            ("ip link add bb0 type bond active_slave s0", 2, "Error: option not supported in mode.\n"),
            ("ip link add bb0 type bond mode active-backup primary s0", 0, ""),
            ("ip link set bb0 type bond active_slave e0", 2, "Error: invalid option value.\n"),
            ("ip link set s0 master bb0", 0, ""),
            ("ip link set s1 up; ip link set bb0 up", 0, ""), ("ip link set bb0 type bond active_slave s0", 0, "")):
        if line.endswith("master bb0"):
            assert " primary s0 " not in session.run("ip -d link show bb0").out
        job = session.run(line)
        assert (job.code, job.err) == (code, said), line
    assert " primary s0 " in session.run("ip -d link show bb0").out


def test_an_ipvlan_takes_one_of_its_flags() -> None:
    job = lab().run("ip link add link d1 name i type ipvlan bridge vepa")
    assert (job.code, job.err.splitlines()[0]) == (1, 'ipvlan: unknown option "vepa"?')
