"""Edits of a day by a coordinator: what-if, commit, undo, remedies, moves."""
