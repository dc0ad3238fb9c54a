"""Travel by an OSRM server (https://project-osrm.org/docs/v5.24.0/api/).

OSRM moves a position to a road at any distance, in silence. So every point is moved once, and a
table is asked for with radiuses around the points on the roads.
"""

from collections.abc import Sequence
from typing import Any, Final

from routing.errors import SourceUnavailableError
from routing.travel.http_json import answer_of
from routing.travel.polyline import decoded
from routing.travel.server_answers import in_blocks, point_at, whole_table
from routing.travel.source import Legs, Line, RoadPoint

RADIUS: Final = 50
"""Metres around a point on a road."""


class OsrmRoads:
    """An OSRM server."""

    name = "osrm"

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.version = f"osrm {self.address}"

    def snap(self, latitude: float, longitude: float) -> RoadPoint | None:
        """Return the point on the nearest road."""
        answer = self._ask("nearest", f"{longitude:.6f},{latitude:.6f}", "number=1", "waypoints")
        if answer is None:
            return None
        east, north = (answer[0].get("location") or (None, None)) if answer else (None, None)
        return point_at(north, east, answer[0].get("distance") if answer else None)

    def legs(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        """Return the travel from each origin to each destination, asked for in blocks."""
        return in_blocks(origins, destinations, self._block)

    def line(self, origin: RoadPoint, destination: RoadPoint) -> Line | None:
        """Return the line of the fastest way; None without one."""
        ends = _positions([origin, destination])
        routes = self._ask("route", ends, "overview=full&geometries=polyline", "routes")
        return decoded(routes[0]["geometry"]) if routes else None

    def _block(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        points = [*origins, *destinations]
        first = len(origins)
        numbers = [str(row) for row in range(len(points))]
        query = "&".join(
            (
                "annotations=duration,distance",
                f"sources={';'.join(numbers[:first])}",
                f"destinations={';'.join(numbers[first:])}",
                f"radiuses={';'.join([str(RADIUS)] * len(points))}",
            )
        )
        shape = len(origins), len(destinations)
        answer = answer_of(f"{self.address}/table/v1/driving/{_positions(points)}?{query}")
        _refuse(answer)
        return Legs(
            seconds=whole_table(answer.get("durations"), shape=shape),
            metres=whole_table(answer.get("distances"), shape=shape),
        )

    def _ask(self, service: str, positions: str, query: str, field: str) -> Any:  # noqa: ANN401
        """Return one field of an answer; None where the server has no way or no road."""
        answer = answer_of(f"{self.address}/{service}/v1/driving/{positions}?{query}")
        if isinstance(answer, dict) and answer.get("code") in {"NoRoute", "NoSegment"}:
            return None
        _refuse(answer)
        return answer.get(field)


def _positions(points: Sequence[RoadPoint]) -> str:
    return ";".join(f"{point.longitude:.6f},{point.latitude:.6f}" for point in points)


def _refuse(answer: object) -> None:
    if not isinstance(answer, dict) or answer.get("code") != "Ok":
        code = answer.get("code") if isinstance(answer, dict) else answer
        raise SourceUnavailableError(f"OSRM answers {code!r}")
