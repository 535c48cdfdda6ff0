"""The screen goes on while the disk takes its time, and shows only what the disk has."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desk_rig import BOOKS, MING
from screens_scenes import FakeClock, desk
from thread_rig import running

from kiosk.domain import OutcomeKind


async def test_a_disk_that_does_not_flush_neither_stops_the_screen_nor_loses_a_scan(
    tmp_path: Path,
) -> None:
    app = desk(FakeClock())
    loop = asyncio.get_running_loop()

    with running(tmp_path, on_outcome=app.tell_outcome) as behind:
        async with app.run_test(size=(80, 24)) as pilot:
            behind.disk.may_flush.clear()
            behind.scan(MING)
            await loop.run_in_executor(None, behind.disk.flushing.acquire)
            behind.scan(BOOKS[0])

            app.tell_typed("left", "3000000")
            await pilot.pause()
            during = app.picture()
            behind.disk.may_flush.set()
            outcomes = await loop.run_in_executor(None, behind.outcomes, 2)
            await pilot.pause()
            after = app.picture()

    assert "3000000" in during
    assert "王小明" not in during
    assert [one.kind for one in outcomes] == [OutcomeKind.SESSION_OPENED, OutcomeKind.CHECKED_OUT]
    assert "王小明" in after
