"""The record: one SQLite file with the journal, the tables derived from it, and the print queue."""
