"""The rows of the frame log: which there are, what they say, and how wide."""
