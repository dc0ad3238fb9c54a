"""The account of a member of the staff or a donor: sessions, devices, proofs."""
