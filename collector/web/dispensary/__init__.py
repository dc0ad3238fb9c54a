"""The pages of the dispensary: orders, the counter, returns."""
