"""What a rule may do with a packet."""
