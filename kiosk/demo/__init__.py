"""The sample school of `kiosk demo`: readers, books, timetable and the labels to try."""
