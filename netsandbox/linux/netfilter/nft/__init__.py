"""nft: its language, its listings, and how it says what iptables can say."""
