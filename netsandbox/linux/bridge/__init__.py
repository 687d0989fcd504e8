"""The Ethernet bridge."""
