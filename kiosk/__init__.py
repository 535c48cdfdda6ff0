"""A circulation desk for school libraries that lends by class rotation."""
