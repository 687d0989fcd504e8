"""The network tools of a namespace: `ip`, `bridge`, `arp` and their kin, with the real tools' words.

Each tool is a function of a context and its arguments that ends at once and
returns what it printed.  Programs that take time (`ping`) live in apps.
"""
