"""Lists of the dispensary and of the wards: orders with their state, invoice lines."""
