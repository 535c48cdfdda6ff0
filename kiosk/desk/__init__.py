"""The desk: the order of the steps from a scan to an outcome, its clock, thread and printing."""
