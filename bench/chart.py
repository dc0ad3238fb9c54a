"""A chart as SVG, made by hand: the mean gap of each engine, by size and budget."""

import math
from collections.abc import Sequence
from typing import Final

from bench.table import NAMES, Run, group, mean_gap

COLOURS: Final = {
    "milkround": "#0f766e",
    "pyvrp": "#b45309",
    "vroom": "#6d28d9",
    "ortools": "#64748b",
}

LEFT, TOP, WIDE, HIGH = 48, 56, 26, 220
"""Pixels: the margin, the head, a bar with its gap, the field."""

HIGHEST: Final = 20.0
"""Percent; whoever is higher is cut off there, and its number says how high it is."""

LINES: Final = 6
"""Across the field, at most."""

STYLE: Final = """
  text { font: 12px system-ui, sans-serif; fill: #1f2937 }
  .name { font-weight: 600 } .line { stroke: #d1d5db } .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .line { stroke: #374151 } .ground { fill: #111827 }
  }
"""

Group = tuple[str, list[tuple[str, float]]]
"""What is written below, and the gap of each engine."""


def chart(runs: Sequence[Run]) -> str:
    """Draw all runs of a set."""
    groups = _groups(runs)
    highest = min(HIGHEST, max((gap for _, bars in groups for _, gap in bars), default=1.0)) or 1.0
    wide = max(420, LEFT + sum(_width(bars) for _, bars in groups) + 16)
    parts = [*_frame(wide, highest), *_legend()]
    left = LEFT
    for label, bars in groups:
        for number, (engine, gap) in enumerate(bars):
            parts += _bar(left + 8 + number * WIDE, engine, gap, highest)
        middle = left + _width(bars) // 2
        parts.append(_text(middle, TOP + HIGH + 18, label, "middle"))
        left += _width(bars)
    body = "\n".join(parts)
    size = f'viewBox="0 0 {wide} {TOP + HIGH + 32}" width="{wide}" height="{TOP + HIGH + 32}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = "<title>Mean gap to the best known plan, in percent: lower is better</title>"
    return f"{head}\n{title}\n<style>{STYLE}</style>\n{body}\n</svg>\n"


def _groups(runs: Sequence[Run]) -> list[Group]:
    found: list[Group] = []
    own = sorted({run["seconds"] for run in runs if run["engine"] != "vroom"})
    for size in sorted({group(run) for run in runs}):
        here = [run for run in runs if group(run) == size]
        for last, seconds in [
            *((False, one) for one in own[:-1]),
            *((True, one) for one in own[-1:]),
        ]:
            bars = [
                (engine, gap)
                for engine in NAMES
                if not math.isnan(gap := _gap(here, runs, engine, seconds, last=last))
            ]
            if bars:
                found.append((f"{size.strip()}, {seconds:g} s", bars))
    return found


def _gap(
    here: Sequence[Run], runs: Sequence[Run], engine: str, seconds: float, *, last: bool
) -> float:
    """VROOM has one time of its own: it is shown beside the longest budget."""
    if engine == "vroom":
        those = [run for run in here if run["engine"] == engine] if last else []
    else:
        those = [run for run in here if (run["engine"], run["seconds"]) == (engine, seconds)]
    return mean_gap(those, runs)


def _width(bars: Sequence[tuple[str, float]]) -> int:
    return max(110, len(bars) * WIDE + 24)


def _frame(wide: int, highest: float) -> list[str]:
    step = next(step for step in (0.1, 0.2, 0.5, 1, 2, 5) if highest / step <= LINES)
    marks = [number * step for number in range(int(highest / step) + 1)]
    parts = [f'<rect class="ground" width="{wide}" height="{TOP + HIGH + 32}"/>']
    for mark in marks:
        at = TOP + HIGH - HIGH * mark / highest
        parts.append(f'<line class="line" x1="{LEFT}" x2="{wide - 8}" y1="{at}" y2="{at}"/>')
        parts.append(_text(LEFT - 6, at + 4, f"{mark:g} %", "end"))
    return parts


def _legend() -> list[str]:
    parts, left = [], 12
    for engine, name in NAMES.items():
        parts.append(
            f'<rect x="{left}" y="14" width="12" height="12" rx="2" fill="{COLOURS[engine]}"/>'
        )
        parts.append(_text(left + 18, 24, name, "start", "name"))
        left += 96
    return parts


def _bar(left: float, engine: str, gap: float, highest: float) -> list[str]:
    high = HIGH * min(gap, highest) / highest
    top = TOP + HIGH - high
    fill = COLOURS[engine]
    bar = f'<rect x="{left}" y="{top}" width="{WIDE - 6}" height="{high}" fill="{fill}" rx="2"/>'
    said = f"{gap:.1f}" if gap >= 1 else f"{gap:.2f}"
    return [bar, _text(left + (WIDE - 6) / 2, top - 4, said, "middle")]


def _text(left: float, top: float, text: str, anchor: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{left}" y="{top}" text-anchor="{anchor}">{text}</text>'
