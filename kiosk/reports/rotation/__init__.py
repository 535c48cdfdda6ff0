"""The timetable of turns as people read it: the week, what is odd, a proposal, what is hung up."""
