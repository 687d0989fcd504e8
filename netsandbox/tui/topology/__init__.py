"""The picture of the lab: what is in it, where it stands, and how it is drawn."""
