"""What donors asked for: the inbox, a request, requests from a file."""
