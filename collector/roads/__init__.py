"""Road regions, snapped positions and travel between them."""
