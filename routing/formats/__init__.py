"""How problems and plans are written down."""
