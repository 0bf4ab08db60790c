"""What every module stands on: configuration, database, events, the embedded servers."""
