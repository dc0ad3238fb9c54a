"""Background jobs: claimed under a lease, guarded by a fence, supervised."""
