"""Interfaces share their settings until one is written; what is written holds for that interface alone."""

from __future__ import annotations

from netsandbox.lab.lab import Lab


def lab_with_two() -> Lab:
    lab = Lab()
    lab.add_container("nginx-1")
    lab.add_container("nginx-2")
    return lab


def test_a_setting_is_one_interfaces_and_one_namespaces_own() -> None:
    lab = lab_with_two()
    one, two = lab.namespace("nginx-1"), lab.namespace("nginx-2")
    one.write_sysctl("net.ipv4.conf.eth0.arp_ignore", 1)
    assert one.interfaces["eth0"].conf.arp_ignore == 1
    assert one.sysctls.read("net.ipv4.conf.eth0.arp_ignore") == "1"
    assert [one.interfaces["lo"].conf.arp_ignore, two.interfaces["eth0"].conf.arp_ignore] == [0, 0]
    assert one.sysctls.read("net.ipv4.conf.default.arp_ignore") == "0"
    assert two.sysctls.read("net.ipv4.conf.all.arp_ignore") == "0"


def test_a_new_interface_has_the_default_of_its_namespace_as_it_is_then() -> None:
    lab = lab_with_two()
    host = lab.namespace("host")
    host.write_sysctl("net.ipv4.conf.default.arp_ignore", 2)
    before = set(host.interfaces)
    lab.add_container("nginx-3")
    new, = set(host.interfaces) - before
    assert host.interfaces[new].conf.arp_ignore == 2
    assert all(host.interfaces[name].conf.arp_ignore == 0 for name in before)
    host.write_sysctl(f"net.ipv4.conf.{new}.arp_ignore", 1)
    assert host.sysctls.read("net.ipv4.conf.default.arp_ignore") == "2"
