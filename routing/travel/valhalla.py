"""Travel by a Valhalla server (https://valhalla.github.io/valhalla/api/)."""

from collections.abc import Sequence
from typing import Any, Final

from routing.errors import SourceUnavailableError
from routing.travel.http_json import answer_of
from routing.travel.polyline import decoded
from routing.travel.server_answers import in_blocks, point_at, whole_table
from routing.travel.source import Legs, Line, RoadPoint

SHAPE_FACTOR: Final = 1e6
"""Units per degree of Valhalla's polylines."""
METRES_PER_KM: Final = 1000.0


class ValhallaRoads:
    """A Valhalla server."""

    name = "valhalla"

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.version = f"valhalla {self.address}"

    def snap(self, latitude: float, longitude: float) -> RoadPoint | None:
        """Return the point on the nearest road; None if the server finds none."""
        found = self._ask("locate", locations=[{"lat": latitude, "lon": longitude}], verbose=True)
        edges = found[0].get("edges") if isinstance(found, list) and found else None
        if not edges:
            return None
        nearest = min(edges, key=lambda edge: edge.get("distance", float("inf")))
        return point_at(
            nearest.get("correlated_lat"), nearest.get("correlated_lon"), nearest.get("distance")
        )

    def legs(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        """Return the travel from each origin to each destination, asked for in blocks."""
        return in_blocks(origins, destinations, self._block)

    def line(self, origin: RoadPoint, destination: RoadPoint) -> Line | None:
        """Return the line of the fastest way; None without one."""
        found = self._ask("route", locations=[_place(origin), _place(destination)])
        trip = found.get("trip") if isinstance(found, dict) else None
        if not trip:
            return None
        return tuple(point for leg in trip["legs"] for point in decoded(leg["shape"], SHAPE_FACTOR))

    def _block(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        found = self._ask(
            "sources_to_targets",
            sources=[_place(point) for point in origins],
            targets=[_place(point) for point in destinations],
        )
        rows = found.get("sources_to_targets") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise SourceUnavailableError(f"Valhalla answers {str(found)[:80]}")
        shape = len(origins), len(destinations)
        tables = {
            name: [[cell.get(name) for cell in row] for row in rows]
            for name in ("time", "distance")
        }
        return Legs(
            seconds=whole_table(tables["time"], shape=shape),
            metres=whole_table(tables["distance"], shape=shape, factor=METRES_PER_KM),
        )

    def _ask(self, service: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        return answer_of(f"{self.address}/{service}", body={"costing": "auto", **body})


def _place(point: RoadPoint) -> dict[str, float]:
    return {"lat": point.latitude, "lon": point.longitude}
