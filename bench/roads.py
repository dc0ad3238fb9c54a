"""Time and memory of a region: preparation, matrices, the cache of legs, a new address.

    python -m bench.roads porto liechtenstein porto:8

`porto:8` is Porto eight times side by side. Each extract is prepared in a process
of its own. CPU seconds are those of the process and of the programs that it starts.
`MILKROUND_BENCH_DATA` names the folder that has `osm/`.
"""

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np

DATA = Path(os.environ.get("MILKROUND_BENCH_DATA", "../shared/data"))

SIZES = (120, 300, 1000)
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
DAYS, DOORS = 14, 120


def main(names: list[str]) -> None:
    """Print the figures of each extract."""
    for name in names or ["porto"]:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "bench.roads", "--child", name], check=True, text=True,
            capture_output=True,
        )  # fmt: skip
        for figure, value in json.loads(done.stdout.splitlines()[-1]).items():
            print(f"{name:>15}  {figure:<42} {value}")


def child(name: str) -> None:
    """Measure one extract, and print the figures as JSON."""
    from collector.roads.preparation import prepare  # noqa: PLC0415 - after the fork

    with TemporaryDirectory() as folder:
        extract = _extract(name, Path(folder))
        wall, steps, begun = perf_counter(), {}, _cpu()

        def tell(step: str) -> None:
            steps[step] = round(_cpu() - begun, 2)

        found = prepare(extract, Path(folder), tell=tell)
        figures: dict[str, object] = {
            "junctions, arcs": f"{found.junctions}, {found.arcs}",
            "prepared, CPU s (wall)": f"{_cpu() - begun:.1f} ({perf_counter() - wall:.0f})",
            "CPU s after each step": steps,
            "peak memory, MB": _peak(),
            "disk, MB": round(sum(f.stat().st_size for f in found.folder.iterdir()) / 1e6, 1),
        }
        figures |= _matrices(found.folder)
        figures |= _days(Path(folder), found)
    print(json.dumps(figures))


def _extract(name: str, folder: Path) -> Path:
    """Return a sample, or write it several times side by side."""
    sample, _, copies = name.partition(":")
    source = DATA / "osm" / f"{sample}.osm.pbf"
    if not copies:
        return source
    target = folder / "tiled.osm.pbf"
    command = [sys.executable, "-m", "bench.tiled_extract", str(source), str(target), copies]
    subprocess.run(command, check=True)  # noqa: S603 - ourselves
    return target


def _cpu() -> float:
    parts = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + parts.ru_utime + parts.ru_stime


def _peak() -> int:
    return max(
        resource.getrusage(who).ru_maxrss // 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def _matrices(folder: Path) -> dict[str, object]:
    """Return CPU seconds of loading, snapping and square matrices of random doors."""
    from routing.travel.region_roads import RegionRoads  # noqa: PLC0415
    from routing.travel.road_graph import read_graph  # noqa: PLC0415

    begun = process_time()
    roads = RegionRoads(read_graph(folder / "roads.npz"))
    roads.snap(roads.graph.latitude[0], roads.graph.longitude[0])
    found: dict[str, object] = {"loaded, CPU s": round(process_time() - begun, 2)}
    random, points = np.random.default_rng(1), []
    begun = process_time()
    for row in random.integers(len(roads.graph.latitude), size=3 * max(SIZES)):
        shift = random.normal(scale=3e-4, size=2)
        point = roads.snap(
            roads.graph.latitude[row] + shift[0], roads.graph.longitude[row] + shift[1]
        )
        points += [point] if point else []
    found["a position snapped, CPU ms"] = round(1000 * (process_time() - begun) / len(points), 2)
    for size in SIZES:
        begun = process_time()
        roads.legs(points[:size], points[:size])
        found[f"matrix {size} x {size}, CPU s"] = round(process_time() - begun, 3)
    begun = process_time()
    for here, there in zip(points[:200], points[200:400], strict=True):
        roads.line(here, there)
    found["line of a leg, CPU ms"] = round(1000 * (process_time() - begun) / 200, 2)
    return found


def _days(home: Path, found: object) -> dict[str, object]:
    """Return CPU seconds of a known day's matrix and of a new address in fourteen days."""
    os.environ["MILKROUND_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from collector.db import reading, transaction  # noqa: PLC0415
    from collector.installation import application, settings  # noqa: PLC0415
    from collector.roads.actions import compute_legs, snap_missing, write_legs  # noqa: PLC0415
    from collector.roads.regions import put_in_force, region_in_force, roads_of  # noqa: PLC0415
    from collector.roads.travel import load_travel  # noqa: PLC0415

    with application(settings()).app_context():
        with transaction() as session:
            put_in_force(session, found, now=NOW)  # type: ignore[arg-type]
            graph = roads_of(region_in_force(session)).graph  # type: ignore[union-attr,arg-type]
            rows = np.random.default_rng(2).integers(len(graph.latitude), size=3 * DAYS * DOORS)
            doors = [(float(graph.latitude[row]), float(graph.longitude[row])) for row in rows]
            snap_missing(session, doors)
        days = [doors[day * DOORS : (day + 1) * DOORS] for day in range(DAYS)]
        for day in days:
            with reading() as session:
                new = compute_legs(load_travel(session, day), day)
            with transaction() as session:
                write_legs(session, new)  # type: ignore[arg-type]
        times = []
        for day in days:
            begun = process_time()
            with reading() as session:
                load_travel(session, day).between(day)
            times.append(process_time() - begun)
        begun = process_time()
        for day in days:
            with reading() as session:
                travel = load_travel(session, [*day, doors[-1]])
            travel.between([*day, doors[-1]])
        new_address = process_time() - begun
    return {
        f"{DOORS} known doors from the cache, CPU ms": round(1000 * sorted(times)[DAYS // 2], 1),
        f"a new address in {DAYS} days of {DOORS}, CPU ms": round(1000 * new_address),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2])
    else:
        main(sys.argv[1:])
