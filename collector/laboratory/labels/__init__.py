"""Labels: numbers with check characters, symbols, sheets in millimetres."""
