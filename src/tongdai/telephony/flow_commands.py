"""What flows ask of telephony: who is called so?"""

from tongdai.flows.public import FindColleague, Performers, Performing, Reply
from tongdai.kit.keypad import keyed
from tongdai.telephony.extensions.repository import Reach


async def find(performing: Performing, command: FindColleague) -> Reply | None:
    """Those of whose names a word begins with these keys."""
    found = [
        one
        for one in await Reach(performing.tx).listed()
        if any(word.startswith(command.keys) for word in keyed(one.name))
    ]
    if not found:
        return Reply(command.id, "nobody")
    if len(found) > command.most:
        return Reply(command.id, "many")
    people = [{"name": one.name, "extension": one.extension} for one in found]
    return Reply(command.id, "found", {"people": people})


def teach(performers: Performers) -> None:
    performers.inside(FindColleague, find)
