"""A letter of the conversation as it stands under what an agent sends on. Pure."""

from tongdai.channels.email.schemas import MailTold, Party
from tongdai.conversations.public import MessageRow

MARK = "---------- Forwarded message ----------"
"""As mail programs write it, so that they fold it."""


def forwarded_text(message: MessageRow) -> str:
    """Who wrote it, when, what about, to whom, and all of its text: with what it quotes, which whoever gets it has not seen."""
    told = MailTold.model_validate(message.data["email"])
    head = [
        MARK,
        f"From: {_named(told.sender)}",
        f"Date: {message.at:%a, %d %b %Y %H:%M} UTC",
        f"Subject: {told.subject}",
        f"To: {', '.join(_named(one) for one in told.to)}",
    ]
    if told.cc:
        head.append(f"Cc: {', '.join(_named(one) for one in told.cc)}")
    return "\n".join([*head, "", message.body, *(["", told.quoted] if told.quoted else [])])


def _named(party: Party) -> str:
    return f"{party.name} <{party.address}>" if party.name else party.address
