"""Storage: putting away, moves, counts, the map, and the bottle that goes next."""
