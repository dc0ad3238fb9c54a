"""The coordinator's board: the pages of a bank's requests, days, rounds and files."""
