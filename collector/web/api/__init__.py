"""The API for neighbours' programs, version 1."""
