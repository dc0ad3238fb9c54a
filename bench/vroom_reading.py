"""Time to read a large VROOM request: ``python -m bench.vroom_reading``.

The CPU seconds of reading are told beside those of ``json.loads`` on the same text.
"""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from routing.formats.vroom.format import VROOM


def main() -> None:
    """Write a request in memory, read it, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=3_000)
    parser.add_argument("--vehicles", type=int, default=60)
    options = parser.parse_args()
    text = request(options.jobs, options.vehicles)
    parsing, reading = cpu_seconds(json.loads, text), cpu_seconds(VROOM.read, text)
    print(f"{options.jobs} jobs, {options.vehicles} vehicles, {len(text) // 1_000_000} MB of text")
    print(
        f"json.loads {parsing:.2f} CPU s, VROOM.read {reading:.2f} CPU s: {reading / parsing:.1f}"
    )


def request(jobs: int, vehicles: int) -> str:
    """Return a request with one matrix of durations, on a square of 20 km."""
    where = np.random.default_rng(1).random((jobs + 1, 2)) * 20_000
    durations = np.abs(where[:, None] - where[None]).sum(axis=2).astype(int) // 10
    day = [0, 28_800]
    return json.dumps(
        {
            "vehicles": [
                {"id": n, "start_index": 0, "end_index": 0, "capacity": [60], "time_window": day}
                for n in range(vehicles)
            ],
            "jobs": [
                {"id": n, "location_index": n, "pickup": [1], "service": 300, "time_windows": [day]}
                for n in range(1, jobs + 1)
            ],
            "matrices": {"car": {"durations": durations.tolist()}},
        }
    )


def cpu_seconds(act: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds of one call."""
    began = time.process_time()
    act(text)
    return time.process_time() - began


if __name__ == "__main__":
    main()
