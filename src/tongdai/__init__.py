"""Tongdai: an open-source omnichannel contact centre."""
