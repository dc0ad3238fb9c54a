"""Requests of donors for a pick-up, and the answers to them."""
