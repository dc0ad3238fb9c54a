"""Knows what takes a planning process its time before it looks at a problem, and does it ahead."""

import gc

from routing.warm import load


def get_ready() -> None:
    """Load whatever a search may need that importing it did not."""
    load()
    # What is there by now stays: looking through it for garbage would only take time.
    gc.collect()
    gc.freeze()
