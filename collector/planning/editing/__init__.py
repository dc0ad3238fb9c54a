"""Edits of a day by a coordinator: what-if, moves, remedies, pins, commit and undo."""
