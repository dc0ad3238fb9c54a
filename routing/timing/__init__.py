"""Compiled timing of orders: the cheapest legal schedule of a tour, and its cost.

The first parameter `encoded` of most functions is the encoded problem (`encoding`), a flat array
read by `accessors`. Instants and durations are seconds, distances metres, and costs shares
(1/18,000 of a cent).
"""
