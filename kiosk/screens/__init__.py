"""What the desk looks and sounds like: pages painted from outcomes, large words, four sounds."""
