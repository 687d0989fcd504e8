"""iptables, iptables-save and iptables-restore: their language, and how they show rules."""
