"""netsandbox: a simulated Linux and Docker network in which every frame can say why it exists.

The packages below import one way only: wire, engine <- linux <- apps <- docker <- lab <- commands <- session <- cli
and tui; explain reads the event types and is used by commands, cli and tui. The architecture test holds them to it.
"""

__version__ = "0.1.0"
