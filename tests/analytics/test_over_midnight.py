"""A board that somebody looks at over midnight, on a wall say, begins the new day by itself."""

from datetime import UTC, datetime, timedelta

from tests.api import Site

from tongdai.analytics.service import LiveBoards


class Tomorrow:
    """The runtime, a day later."""

    def __init__(self, site: Site) -> None:
        self.database, self.hub, self.clock = site.runtime.database, site.runtime.hub, self

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=1)


async def test_the_figures_of_yesterday_are_told_to_be_over(site: Site):
    queue = await site.world.queue([])
    await site.world.hang_up(await site.world.arrive(queue))
    boards = LiveBoards()
    boards._runtime = site.runtime  # pyright: ignore[reportPrivateUsage]
    today = await boards.board(site.world.tenant_id)
    assert today.figures.queues[queue].tally.abandoned == 1
    assert await boards.board(site.world.tenant_id) is today
    boards._runtime = Tomorrow(site)  # type: ignore[assignment]
    tomorrow = await boards.board(site.world.tenant_id)
    assert tomorrow.figures.queues[queue].tally.abandoned == 0
    assert queue in tomorrow.dirty_queues
