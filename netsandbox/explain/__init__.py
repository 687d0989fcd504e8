"""Why, in words: every event type and drop reason as one plain sentence, in English and in Simplified Chinese.

Rule of this room: it reads typed events and nothing else. It is the only place below the user interfaces that
contains prose about what happened, and no event may lack words in either language.

`explanation.explain` tells one event; `story` tells a record of a trace together with its causes.
"""
