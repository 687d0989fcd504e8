"""`netsandbox bench`: the workloads whose speed is promised, and what they take here.

Programs that measure netsandbox beside something else import these.
"""

from netsandbox.bench.ping import Pinger
from netsandbox.bench.workloads import build, w1

__all__ = ["Pinger", "build", "w1"]
