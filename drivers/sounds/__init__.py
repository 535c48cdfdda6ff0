"""Sounds: `waves` makes them or reads recordings, `aplay` plays them in time or not at all."""
