"""The donor's file: identity, interview, serology, consent, eligibility on a day."""
