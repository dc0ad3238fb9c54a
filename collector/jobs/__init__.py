"""Work that outlives a request: claimed under a lease, guarded by a fence, supervised."""
