"""Errors of the flow engine. The docstring of a class is the message that people read."""

from __future__ import annotations

from tongdai.platform.errors import AppError


class ExpressionError(ValueError):
    """An expression cannot be read or computed. `column` counts from 1; 0 when it arose while computing."""

    def __init__(self, message: str, column: int = 0) -> None:
        self.message = message
        self.column = column
        super().__init__(f"{message} (column {column})" if column else message)


class PatternError(ValueError):
    """A pattern cannot be read. `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        self.message = message
        self.column = column
        super().__init__(f"{message} (column {column})")


class SpokenError(ValueError):
    """A value cannot be spoken as asked for (a date that is none, a number out of range)."""


class FlowFault(RuntimeError):
    """A run cannot go on: the flow or its caller broke a rule that validation should have caught."""


class FlowInvalid(AppError):
    """The flow cannot be published as it is."""

    status = 422
    code = "flow_invalid"


class NotPublished(AppError):
    """The flow has no published version. Publish it first."""

    status = 409
    code = "flow_not_published"


class StaleRun(AppError):
    """The flow run has gone on since it was read. Load it again."""

    status = 409
    code = "stale_run"


class BadAudio(AppError):
    """The file is no audio that can be used. Upload WAV, MP3, OGG or FLAC of at most 10 minutes."""

    status = 422
    code = "bad_audio"


class FlowUsed(AppError):
    """Callers are led to this flow. Lead them elsewhere first, then archive it."""

    status = 409
    code = "flow_used"
