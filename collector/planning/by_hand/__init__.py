"""A day's rounds changed by hand: priced, made, taken back."""
