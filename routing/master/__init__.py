"""The master: it chooses the best tours of all that the engines have found."""
