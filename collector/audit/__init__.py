"""The audit chain: an append-only, hash-chained log of actions."""
