"""The staff: accounts, roles, sign-in links and sessions."""
