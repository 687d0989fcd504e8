"""What a person builds: the Lab facade with its hosts, containers, hubs, switches and cables.

Rule of this room: the Lab is the only way to change the simulated world, and what it shows is read-only rows of
strings and integers (tables.py), so that no reader ever holds a model object.
"""
