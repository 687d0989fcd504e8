"""`python -m netsandbox`."""

from __future__ import annotations

import sys

from netsandbox.cli import main

sys.exit(main())
