"""FHIR R5: a pool of milk as a bundle, for programs of hospitals. No donor is in it."""
