"""A centre with a mailbox on real servers, its agents, and a customer with a mailbox of their own."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.channels.email.servers import ELSEWHERE, PASSWORD, MailServers
from tests.support import until
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.kit.ids import new_id


@dataclass
class Customer:
    servers: MailServers
    address: str
    name: str = "Lan Nguyễn"

    def letter(
        self, to: str, body: str, subject: str = "Where is my parcel?", **headers: str
    ) -> EmailMessage:
        made = EmailMessage(policy=policy.SMTP)
        standard = {
            "From": f"{self.name} <{self.address}>",
            "To": to,
            "Subject": subject,
            "Message-ID": f"<{new_id().hex}@{ELSEWHERE}>",
        }
        for name, value in {
            **standard,
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }.items():
            made[name] = value
        made.set_content(body)
        return made

    def write(self, to: str, body: str, subject: str = "Where is my parcel?", **headers: str) -> EmailMessage:
        made = self.letter(to, body, subject, **headers)
        self.servers.hand_in(self.address, to, made.as_bytes())
        return made

    def answer(self, got: EmailMessage, body: str, **headers: str) -> EmailMessage:
        """As a mail program does: with what is answered quoted below."""
        quoted = "\n".join(f"> {line}" for line in _text(got).splitlines())
        to = str(got["Reply-To"] or got["From"])
        references = f"{got['References'] or ''} {got['Message-ID']}".strip()
        return self.write(
            to.partition("<")[2].strip("> ") or to,
            f"{body}\n\nOn Mon, Jun 1, 2026 at 10:00 AM Shop <x@y> wrote:\n\n{quoted}",
            f"Re: {got['Subject']}",
            **{"In_Reply_To": str(got["Message-ID"]), "References": references, **headers},
        )

    def inbox(self) -> list[EmailMessage]:
        found = self.servers.letters(self.address)
        return [message_from_bytes(raw, policy=policy.default) for raw in found]  # type: ignore[misc]

    async def gets(self, count: int = 1) -> EmailMessage:
        """Once there are so many mails, the last of them."""

        async def there() -> bool:
            return len(self.inbox()) >= count

        await until(there)
        assert len(self.inbox()) == count
        return self.inbox()[-1]


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return part.get_content() if part is not None else ""


text_of = _text


@dataclass
class Office:
    site: Site
    servers: MailServers
    admin: Person
    agents: list[Person]
    queue_id: UUID
    address: str
    mailbox: dict[str, Any]
    customers: list[Customer] = field(default_factory=list[Customer])

    @classmethod
    async def open(
        cls, site: Site, servers: MailServers, *, agents: int = 1, ready: bool = True, **more: Any
    ) -> "Office":
        people = [await site.sign_in("agent") for _ in range(agents)]
        queue = await site.world.queue(
            [one.id for one in people], name="Letters", channel="email", wrap_up_s=30.0
        )
        if ready:
            await site.world.ready(*[one.id for one in people])
        admin, address = await site.sign_in("admin"), servers.person("support")
        mailbox = await admin.ok("POST", "/mailboxes", cls.body(servers, address, queue, **more))
        return cls(site, servers, admin, people, queue, address, mailbox)

    @staticmethod
    def body(servers: MailServers, address: str, queue_id: UUID, **more: Any) -> dict[str, Any]:
        here = {"host": "127.0.0.1", "security": "none"}
        return {
            "name": "The shop",
            "address": address,
            "queue_id": str(queue_id),
            "imap": {**here, "port": servers.imap},
            "smtp": {**here, "port": servers.smtp},
            "username": address,
            "password": PASSWORD,
            **more,
        }

    @property
    def agent(self) -> Person:
        return self.agents[0]

    def customer(self) -> Customer:
        return Customer(self.servers, self.servers.person("lan", ELSEWHERE))

    async def row(self) -> MailboxRow:
        async with self.site.world.transaction() as tx:
            found = await Mailboxes(tx).get(UUID(self.mailbox["id"]))
        assert found is not None
        return found

    async def card(self, agent: Person, state: str) -> dict[str, Any]:
        async def there() -> Any:
            found = (await agent.ok("GET", "/workspace"))["assignments"]
            return next((one for one in found if one["state"] == state), None)

        return await until(there)

    async def taken(self, agent: Person | None = None) -> dict[str, Any]:
        agent = agent or self.agent
        offer = await self.card(agent, "offered")
        return await agent.ok("POST", f"/assignments/{offer['id']}/accept")

    async def says(self, card: dict[str, Any], body: str, agent: Person | None = None) -> dict[str, Any]:
        path = f"/conversations/{card['thread']['conversation_id']}/messages"
        return await (agent or self.agent).ok("POST", path, {"client_id": str(new_id()), "body": body})

    async def letters(self, card: dict[str, Any]) -> list[dict[str, Any]]:
        """What its writer is shown to begin with."""
        return (await self.agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/letters"))[
            "letters"
        ]

    async def posts(self, card: dict[str, Any], **letter: Any) -> dict[str, Any]:
        """Written with a heading of its own."""
        path = f"/conversations/{card['thread']['conversation_id']}/letters"
        return await self.agent.ok("POST", path, {"client_id": str(new_id()), **letter})

    async def messages(self, card: dict[str, Any], kind: str = "text") -> list[dict[str, Any]]:
        path = f"/conversations/{card['thread']['conversation_id']}/messages"
        return [one for one in (await self.admin.ok("GET", path))["messages"] if one["kind"] == kind]

    async def reads(self, card: dict[str, Any], *bodies: str) -> list[dict[str, Any]]:
        """Once these are all the texts of the conversation."""

        async def so() -> Any:
            found = await self.messages(card)
            return found if [one["body"] for one in found] == list(bodies) else None

        try:
            return await until(so)
        except TimeoutError:
            raise AssertionError([one["body"] for one in await self.messages(card)]) from None

    async def becomes(self, card: dict[str, Any], state: str) -> dict[str, Any]:
        """Once the last answer's delivery stands so; gives what is told of it."""

        async def so() -> Any:
            ours = [one for one in await self.messages(card) if one["author"] == "agent"]
            return ours[-1]["data"]["email"] if ours and ours[-1]["data"]["email"]["state"] == state else None

        return await until(so)

    async def close(self, card: dict[str, Any], agent: Person | None = None) -> None:
        agent = agent or self.agent
        await agent.ok("POST", f"/assignments/{card['id']}/end")
        await agent.ok("POST", f"/assignments/{card['id']}/done", {})

    async def state(self) -> tuple[str, str]:
        row = await self.admin.ok("GET", f"/mailboxes/{self.mailbox['id']}")
        return row["state"], row["problem"]

    async def counted(self, table: str) -> int:
        return await self.site.world.value(f"SELECT count(*) FROM {table} WHERE tenant_id = %(tenant)s")
