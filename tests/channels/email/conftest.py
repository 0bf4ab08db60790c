"""A postfix and a dovecot for the whole run."""

from collections.abc import Iterator

import pytest

from tests.channels.email.servers import MailServers, mail_servers


@pytest.fixture(scope="session")
def post_office() -> Iterator[MailServers]:
    with mail_servers() as running:
        yield running


@pytest.fixture
def servers(post_office: MailServers) -> MailServers:
    post_office.revive()
    return post_office
