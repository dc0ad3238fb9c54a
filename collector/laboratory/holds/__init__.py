"""Rows of holds, and the holds on a thing itself."""
