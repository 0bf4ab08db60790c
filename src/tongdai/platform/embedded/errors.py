"""What can go wrong while servers are set up; each message is one sentence with the mend."""


class SetupError(Exception):
    """The set-up cannot go on; the message says what is wrong and how to mend it, and is shown as it is."""


class PortTakenError(SetupError):
    """Another program listens on a port that Tongdai was told to use."""

    def __init__(self, what: str, port: int, option: str) -> None:
        super().__init__(
            f"Port {port} ({what}) is taken by another program: stop it, or choose another with {option}."
        )
        self.port = port


class DiskFullError(SetupError):
    """A file system has too little room for what is about to be written."""
