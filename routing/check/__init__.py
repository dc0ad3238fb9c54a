"""The judge: every rule in plain Python, sharing no code with the engines."""
