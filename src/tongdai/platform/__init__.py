"""What every module stands on: configuration, database, events, realtime, HTTP. Knows nothing of contact centres."""
