"""Users, roles, teams, skills, presence, sign-in."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.people.module import register as register_module

    register_module(app)
