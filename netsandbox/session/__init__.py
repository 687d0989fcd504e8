"""What was done: the journal of executed lines with replay, undo and branches, and the scenario files.

Rule of this room: back, undo, load and save are one mechanism, the replay of the journal in a fresh Lab. Files are
read strictly, with the line number in every error, and written so that a crash never destroys the old ones.
"""
