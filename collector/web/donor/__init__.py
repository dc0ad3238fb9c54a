"""Pages of the donor."""
