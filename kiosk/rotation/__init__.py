"""Whose turn it is: lending windows, the class rotation, and the days loans come back. Pure."""
