"""Sheets of bar-code labels to print: A4 pages of HTML that need nothing but themselves."""
