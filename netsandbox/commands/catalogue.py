"""Every module that declares verbs, imported so that they are declared."""

from __future__ import annotations

from netsandbox.commands import capture_verbs, expect, help_verb, lab_verbs, program_verbs, session_verbs, show, why

MODULES = (lab_verbs, program_verbs, capture_verbs, show, expect, help_verb, session_verbs, why)
