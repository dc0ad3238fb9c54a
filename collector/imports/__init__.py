"""Files to import: uploaded, reviewed by a person, then kept row by row."""
