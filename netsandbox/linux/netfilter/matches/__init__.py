"""What a rule may ask of a packet: matches, by what they look at."""
