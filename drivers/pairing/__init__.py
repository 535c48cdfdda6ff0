"""Find out which device a scanner is and how it is set: `candidates`, `listening`, `diagnosis`."""
