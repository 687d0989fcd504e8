"""What a namespace counts: /proc/net/snmp and netstat."""
