"""The roles that every centre has, as data.

Grants are written `permission` or `permission@extent`; without an extent, the widest that the permission knows. Whoever
declares a new permission adds it here to the roles that need it; the administrator gets every permission by itself. A tenant
cannot edit these roles: it makes its own beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tongdai.platform.auth import WIDTH, Extent, Permission


@dataclass(frozen=True, slots=True)
class BuiltinRole:
    """`grants` is a list of words; `everything` takes all permissions at their widest."""

    key: str
    name: str
    grants: str = ""
    everything: bool = False


_CALLS = "calls.take calls.dial_national"
_OWN_WORK = (
    f"{_CALLS} tokens.edit contacts.see contacts.edit contacts.merge interactions.see@own interactions.edit@own"
    " calls.listen@own queues.see@queue users.see@team callbacks.see@own callbacks.edit@queue"
)
_LEAD = (
    f"{_CALLS} tokens.edit contacts.see contacts.edit contacts.merge interactions.see@queue interactions.edit@team"
    " calls.listen@team calls.monitor@team calls.join@team queues.see@queue users.see@team live.see@queue"
    " closing.switch@queue calls.do_not_call presence.force@team queues.staff@team blending.edit@team flows.see"
    " callbacks.see@queue callbacks.edit@queue conversations.assign@queue"
)
_SUPERVISE = (
    f"{_CALLS} calls.dial_international tokens.edit contacts.see contacts.edit contacts.merge contacts.delete"
    " interactions.see interactions.edit calls.listen calls.monitor calls.join calls.do_not_call queues.see queues.edit"
    " voicemail.download queues.staff blending.edit users.see live.see closing.switch presence.force alerts.edit flows.see"
    " skills.edit dispositions.edit callbacks.see callbacks.edit conversations.assign replies.edit inbox_views.edit"
    " mails.spam"
)
_SEE_ALL = "tokens.edit contacts.see interactions.see queues.see users.see live.see flows.see callbacks.see"
_MANAGE = (
    f"{_SUPERVISE} calls.dial_premium recordings.hold users.edit teams.edit reasons.edit settings.edit audit.see"
    " flows.edit flows.publish intents.edit articles.edit data_tables.edit fields.edit assistant.read"
)

BUILTIN_ROLES = (
    BuiltinRole("agent", "Agent", _OWN_WORK),
    BuiltinRole("team_leader", "Team leader", _LEAD),
    BuiltinRole("supervisor", "Supervisor", _SUPERVISE),
    BuiltinRole("workforce", "Workforce", f"{_SEE_ALL} teams.edit reasons.edit skills.edit"),
    BuiltinRole("quality", "Quality", f"{_SEE_ALL} calls.listen calls.monitor"),
    BuiltinRole("analyst", "Analyst", _SEE_ALL),
    BuiltinRole("manager", "Manager", _MANAGE),
    BuiltinRole("director", "Director", f"{_SEE_ALL} calls.listen audit.see"),
    BuiltinRole("admin", "Administrator", everything=True),
)


def grants_of(role: BuiltinRole, catalogue: Mapping[str, Permission]) -> dict[str, Extent]:
    """The role's grants over the permissions that this installation's modules declare."""
    if role.everything:
        return {name: widest(permission) for name, permission in catalogue.items()}
    grants: dict[str, Extent] = {}
    for word in role.grants.split():
        name, _, extent = word.partition("@")
        if name in catalogue:
            grants[name] = Extent(extent) if extent else widest(catalogue[name])
    return grants


def widest(permission: Permission) -> Extent:
    return max(permission.extents, key=WIDTH.__getitem__)
