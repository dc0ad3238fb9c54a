"""What VROOM's users write and read."""
