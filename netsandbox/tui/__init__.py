"""The terminal user interface: one pane a file, painted from the trace and the tables.

Rule of this room: it holds names and a trace cursor, never model objects, and it changes the lab only by executing
command lines. It is the only package that imports Textual at module level.
"""
