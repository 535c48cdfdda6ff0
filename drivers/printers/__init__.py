"""Slip printers: `printing` holds what each promises.

`usb`, `serial`, `network` and `file` are the ways to one; `talk` is how a job is sent and watched
over a `channel`, and `status` is what its answers mean.
"""
