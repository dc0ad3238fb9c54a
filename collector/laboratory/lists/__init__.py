"""Lists of the laboratory as rows of plain cells, for files."""
