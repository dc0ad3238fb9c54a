"""The coordinator's board: what she sees of her bank, and what she does there."""
