"""tcpdump, and the filter expressions of libpcap."""
