"""Slips: finished words into lines of a given width, lines into bytes for an ESC/POS printer."""
