"""Recipients of milk: wards, pseudonyms, needs, sealed identities."""
