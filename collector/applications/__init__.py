"""Applications of neighbours: their tokens with scopes, and the keys of their writes."""
