"""What Asterisk tells of itself, asked of a real one and of the fake alike."""

from datetime import UTC, datetime

from tests.telephony.ari.far import Line


async def test_it_tells_since_when_it_runs(line: Line):
    status = (await line.ari.asterisk.get_info(only="status")).get("status")
    assert status is not None
    assert datetime.fromisoformat(status["startup_time"]) <= datetime.now(UTC)
