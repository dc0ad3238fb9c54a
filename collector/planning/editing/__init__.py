"""Edits of a day by a coordinator: previews, moves, remedies, pins, commit and undo."""
