"""Errors of intents. The docstring of a class is the message that people read."""

from tongdai.platform.errors import AppError, Conflict


class ExamplesWrong(AppError):
    """These examples cannot be trained as they are."""

    status = 422
    code = "examples_wrong"


class InTraining(Conflict):
    """A version of these intents is being trained. Wait until it is ready."""

    code = "intents_in_training"


class NotTrained(Conflict):
    """There is no trained version of that number. Train one first."""

    code = "intents_not_trained"


class NothingUnderstood(AppError):
    """Text cannot be understood on this server just now."""

    status = 503
    code = "text_not_understood"
