"""An extract several times side by side, for the time and memory of a larger region.

    python -m bench.tiled_extract porto.osm.pbf tiled.osm.pbf 8

The copies touch: the last point of a copy's longest road is joined to the next copy's.
"""

import sys
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

STEP_DEGREES = 0.5
STEP_IDS = 10**11


def main(source: Path, target: Path, copies: int) -> None:
    """Write the copies: nodes, then ways, then a road that joins them."""
    ends, longest = 0, 0
    for way in osmium.FileProcessor(source, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    ):
        if way.tags["highway"] == "residential" and len(way.nodes) > longest:
            ends, longest = way.nodes[0].ref, len(way.nodes)
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for copy in range(copies):
            for node in osmium.FileProcessor(source, osmium.osm.NODE):
                place = (node.location.lon + copy * STEP_DEGREES, node.location.lat)
                number = node.id + copy * STEP_IDS
                writer.add_node(Node(id=number, location=place, tags=dict(node.tags)))
        for copy in range(copies):
            for way in osmium.FileProcessor(source, osmium.osm.WAY):
                refs = [node.ref + copy * STEP_IDS for node in way.nodes]
                number = way.id + copy * STEP_IDS
                writer.add_way(Way(id=number, nodes=refs, tags=dict(way.tags)))
        joined = [ends + copy * STEP_IDS for copy in range(copies)]
        writer.add_way(Way(id=1, nodes=joined, tags={"highway": "primary"}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
