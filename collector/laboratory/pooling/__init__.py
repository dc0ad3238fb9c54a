"""Pooling: thawing milk, pools with their balance, filled bottles."""
