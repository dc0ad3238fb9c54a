"""Events that collectors' phones record: parsing, intake, replay, side effects and queries."""
