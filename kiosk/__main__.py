"""Runs the command line as `python -m kiosk`."""

from kiosk.cli import main

raise SystemExit(main())
