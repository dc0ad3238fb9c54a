"""Number of examples and iterations of tests: `MILKROUND_TEST_SCALE` times as many as by default.

In plain Python, with all bounds tested, the planner is hundreds of times slower; a tenth is drawn.
"""

import os

from routing.compiled import CHECKED

CHECKED_SHARE = 10


def scaled(examples: int) -> int:
    """Return the number of examples or iterations for this run."""
    scale = int(os.environ.get("MILKROUND_TEST_SCALE", "1"))
    return max(1, examples // CHECKED_SHARE) if CHECKED else examples * scale
