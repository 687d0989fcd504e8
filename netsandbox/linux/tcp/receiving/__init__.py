"""What arrives: where it goes, what is taken of it, and how much more may come."""
