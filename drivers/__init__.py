"""Turn devices into text and bytes into paper.

`scanners`, `printers` and `sounds` hold what each kind promises and the ways to it; `pairing`
finds out which device a scanner is and how it is set. `build` picks a driver by its name without
importing the libraries of the others. `simulated` holds the twins, which keep the same promises
without hardware.
"""
