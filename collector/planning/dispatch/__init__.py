"""The published day on the road: arrivals, disruptions, alternatives and their acceptance."""
