"""What is allowed: the loan-rule matrix and the decision over facts read once. Pure."""
