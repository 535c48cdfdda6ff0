"""Turn devices into text and bytes into paper.

`reading` holds what every scanner promises and the thread that reads one; `printing` what every
printer promises. `build` picks a driver by its name without importing the libraries of the
others. `candidates`, `listening` and `diagnosis` find out which device a scanner is and how it is
set; `raw_scans` keeps what was sent. `sound` plays what `waves` makes or reads. `simulated` holds
the twins, which keep the same promises without hardware.
"""
