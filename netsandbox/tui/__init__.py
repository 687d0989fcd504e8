"""The terminal user interface: everything that imports Textual lives here.

It holds names, rows (`netsandbox.lab.tables`) and a trace cursor, never an
object of the model, and changes the lab only by command lines.
"""
