"""Roster of the bank: the grid of four weeks, the cells, usual weeks, closing days, files."""
