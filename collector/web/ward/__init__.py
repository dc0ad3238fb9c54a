"""The pages of a ward: orders, recipients, bottles, suspected reactions."""
