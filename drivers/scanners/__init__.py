"""Scanners of every kind: `reading` holds what each promises and the thread that reads one.

`hid` and `serial_port` read devices, `keyboard` and `stdin` what is typed or piped in; `frames`,
`encoding` and `keys` make labels of what comes. `raw_scans` keeps what was sent, `feedback` what
makes a scanner beep.
"""
