from alembic import context

from tongdai.platform.migrations import run_environment

run_environment(context)  # type: ignore[arg-type]
