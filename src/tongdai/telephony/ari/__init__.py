"""ARI: how Tongdai drives Asterisk."""
