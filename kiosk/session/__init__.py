"""What happens next on a lane: sessions, modes, repeats, settling and undo. Pure."""
