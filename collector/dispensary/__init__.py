"""The dispensary: prescriptions, orders, allocation, dispensing, fates, returns, open links."""
