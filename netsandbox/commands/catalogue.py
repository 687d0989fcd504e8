"""Every module that declares verbs, imported so that they are declared."""

from __future__ import annotations

from netsandbox.commands import expect, help, lab_verbs, program_verbs, session_verbs, show, why

MODULES = (lab_verbs, program_verbs, show, expect, help, session_verbs, why)
