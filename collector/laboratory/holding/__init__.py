"""Holding: holds opened by one person and lifted by two, their reach, decisions on lots."""
