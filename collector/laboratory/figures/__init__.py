"""Key figures of the laboratory."""
