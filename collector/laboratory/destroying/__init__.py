"""Destroying: things are scanned into a destruction, and a second person witnesses it."""
