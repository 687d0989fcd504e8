"""iptables, nft, ufw and conntrack."""
