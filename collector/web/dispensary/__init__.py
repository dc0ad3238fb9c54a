"""The pages of the dispensary: orders, the counter, what comes back."""
