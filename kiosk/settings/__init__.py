"""The settings: one TOML file, every fault of it told at once, and core values built from it."""

from kiosk.settings.load import load as load
from kiosk.settings.values import Settings as Settings
