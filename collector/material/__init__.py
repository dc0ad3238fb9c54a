"""Material: stock at sites and in vehicles, out and back per donor, loans, loads of rounds."""
