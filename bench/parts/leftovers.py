"""What an overloaded run leaves behind: callers whose far side is gone, still waiting, with music."""

import time

import httpx

from tongdai.platform.embedded.asterisk import AsteriskServer
from tongdai.platform.embedded.asterisk_config import ARI_USER


def end_calls(asterisk: AsteriskServer, timeout: float = 30) -> int:
    """Hang up whatever still has a channel, so that the next run has the machine for itself. Gives how many there were."""
    ended, deadline = 0, time.monotonic() + timeout
    auth = (ARI_USER, asterisk.settings.ari_password)
    with httpx.Client(base_url=f"{asterisk.ari_url}/", auth=auth, timeout=10) as ari:
        while (channels := ari.get("channels").json()) and time.monotonic() < deadline:
            for channel in channels:
                ari.delete(f"channels/{channel['id']}")
            ended += len(channels)
            time.sleep(0.5)
    return ended
