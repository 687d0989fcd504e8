"""The command language: each verb declared once with its name, typed parameters, completion, help and action.

Rule of this room: the one declaration serves the prompt, completion, help, scenario lines, the command line and key
bindings. A line either does what it says or changes nothing and explains itself in one line.
"""
