"""Containers that there are: their life, what runs in them, and what is taken out of them."""
