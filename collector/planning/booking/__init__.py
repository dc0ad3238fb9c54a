"""Slots offered to donors: availability and price."""
