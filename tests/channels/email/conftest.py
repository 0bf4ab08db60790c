"""A postfix and a dovecot for the whole run."""

from collections.abc import Iterator

import pytest

from tests.channels.email.servers import MailServers, mail_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    with mail_servers() as running:
        yield running
