"""Slots offered to donors: availability, forecast and price."""
