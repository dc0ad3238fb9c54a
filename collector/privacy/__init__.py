"""Rights over personal data: export, erasure, seals, merge and separation of donor files."""
