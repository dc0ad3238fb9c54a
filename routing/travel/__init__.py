"""Travel times and distances."""
