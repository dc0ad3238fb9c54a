"""Rows of dispensings."""
