"""Turn devices into text and bytes into paper.

`reading` holds what every scanner promises and the thread that reads one; `printing` what every
printer promises. `build` picks a driver by its name without importing the libraries of the
others. `sound` plays what `waves` makes or reads. `simulated` holds the twins, which keep the same
promises without hardware.
"""
