"""A reader calls the teacher: the screen says so until somebody can have come."""

from __future__ import annotations

from dataclasses import replace

from screens_scenes import ASKING, IN_TURN, FakeClock, desk

from kiosk.domain import Note


async def test_a_call_for_the_teacher_stands_on_top_for_two_minutes() -> None:
    fake = FakeClock()
    app = desk(fake)
    calling = replace(ASKING, note=Note.HELP_CALLED, view=None)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        await pilot.pause()
        app.tell_outcome(calling)
        await pilot.pause()
        fake.passed += 119
        app.tick()
        late = app.picture()
        fake.passed += 2
        app.tick()
        over = app.picture()

    assert "请找老师" in late
    assert "(4)" in late
    assert "(4)" not in over
