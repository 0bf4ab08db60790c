"""An Asterisk that is not there: the part of ARI that we use, for tests in which a real one would be slow or too orderly.

What it does was copied from Asterisk 22, and tests/telephony/ari asks both the same questions. It speaks REST and events over
a WebSocket of its own, so that the real connection and the real exchange run against it.
"""

from tongdai.telephony.ari.fake.server import FakeAri

__all__ = ["FakeAri"]
