"""How a flow's questions are put and answered in writing; and flows over text that wait, ask the world, and outlive a crash."""

import asyncio
from importlib.resources import files
from pathlib import Path

import pytest

from tests.api import Site, running_site
from tests.channels.shop import Shop
from tests.support import until
from tongdai.channels.dialogue.policies import answer, told
from tongdai.channels.dialogue.repository import TextRuns
from tongdai.flows.public import Choice, Gather, Listen, Pause, Performers, Recording, Say, Speech
from tongdai.platform.database import Scope

CHOICES = (Choice(key="1", label="orders"), Choice(key="2", label="returns_and_money"))
ASKED = (Speech(text="What is it about?", language="en"),)


def gather(**more: object) -> Gather:
    return Gather(id="q", prompts=ASKED, max_digits=1, timeout=5, inter_digit=1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "pressed", "digits"),
    [
        ("orders", None, "1"),
        ("Orders", None, "1"),
        ("1", None, "1"),
        ("Anything", "2", "2"),
        ("Returns and money", None, "2"),
        ("returns_and_money", None, "2"),
        ("my order 4711, please", None, "4711"),
        ("something else", None, "something else"),
    ],
)
def test_what_a_message_means_to_a_question_with_choices(body: str, pressed: str | None, digits: str) -> None:
    reply = answer(gather(choices=CHOICES), body, pressed)
    assert reply is not None
    assert (reply.command_id, reply.result, reply.data["digits"]) == ("q", "digits", digits)


def test_a_question_for_words_takes_them_as_they_are() -> None:
    asked = Listen(
        id="q", prompts=ASKED, phrases=("orders",), choices=CHOICES, language="en",
        max_digits=1, timeout=5, inter_digit=1, pause=1, max_seconds=9,
    )  # fmt: skip
    heard = answer(asked, "where is my parcel")
    assert heard is not None
    assert (heard.result, heard.data) == ("heard", {"text": "where is my parcel"})
    pressed = answer(asked, "Orders", "1")
    assert pressed is not None
    assert pressed.data["digits"] == "1"


def test_nothing_answers_what_was_not_asked() -> None:
    assert answer(None, "Hi") is None
    assert answer(Say(id="s", prompts=ASKED), "Hi") is None


def test_what_is_for_the_ear_alone_is_not_read() -> None:
    silent = Say(id="s", prompts=(Pause(seconds=1), Recording(name="jingle", language="en")))
    assert told(silent) is None
    shown = told(gather(choices=CHOICES))
    assert shown is not None
    assert shown.body == "What is it about?"
    assert [one["label"] for one in shown.data["choices"]] == ["orders", "returns and money"]


ASKS_THE_WORLD = """
flow: chat
start: ask
nodes:
  ask:
    http: {url: "https://127.0.0.1/stock", timeout: 2}
    go: {done: yes_there, error: not_there}
  yes_there:
    say: It is there.
    go: end
  not_there:
    say: I could not look.
    go: end
  end:
    hang_up:
"""
WAITS = """
flow: chat
start: queue
nodes:
  queue:
    queue: {queue: Chats, max_wait: 1}
    go: {timeout: sorry, no_agents: sorry}
  sorry:
    say: Nobody is here just now.
    go: end
  end:
    hang_up:
"""
FOR_THE_EAR = """
flow: chat
start: away
nodes:
  away:
    transfer: {extension: "123"}
    go: {done: end, no_answer: message, refused: message}
  message:
    voicemail: {mailbox: Chats, say: Speak after the tone.}
    go: {done: end, empty: said}
  said:
    say: Please write to us.
    go: end
  end:
    hang_up:
"""


async def never(*_: object) -> None:
    await asyncio.Event().wait()


async def test_who_waits_too_long_is_led_on_by_the_flow(site: Site):
    shop = await Shop.open(site, agents=0, flow=WAITS)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.hears("Hi", "Nobody is here just now.")
    assert visitor.state["phase"] == "ended"
    assert (
        await site.world.value("SELECT result FROM interactions WHERE tenant_id = %(tenant)s") == "abandoned"
    )


async def test_a_flow_asks_the_world_beside_the_transaction_and_goes_on(site: Site):
    shop = await Shop.open(site, flow=ASKS_THE_WORLD)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.hears("Hi", "I could not look.")
    assert (
        await site.world.value("SELECT result FROM interactions WHERE tenant_id = %(tenant)s")
        == "self_service"
    )


async def test_what_was_being_asked_when_the_process_died_is_gone_on_with(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with running_site(dsn, tmp_path) as site:
        shop = await Shop.open(site, flow=ASKS_THE_WORLD)
        visitor = await shop.visitor()
        with monkeypatch.context() as dying:
            dying.setattr(Performers, "carry_out", never)
            await visitor.write("Hi")
        async with site.runtime.database.transaction(Scope.system()) as tx:
            assert len(await TextRuns(tx).outside()) == 1
    async with running_site(dsn, tmp_path) as again:
        visitor.http = again.client()
        await visitor.hears("Hi", "I could not look.")

        async def over() -> bool:
            async with again.runtime.database.transaction(Scope.system()) as tx:
                return not await TextRuns(tx).outside()

        await until(over)


async def test_what_a_chat_cannot_do_takes_the_exit_for_that(site: Site):
    shop = await Shop.open(site, flow=FOR_THE_EAR)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.hears("Hi", "Please write to us.")


async def test_buttons_are_in_the_visitors_language_and_may_be_written_out(site: Site):
    example = files("tongdai.flows").joinpath("examples/chat_shop.yaml").read_text(encoding="utf-8")
    await site.world.queue(name="chat", channel="webchat")
    shop = await Shop.open(site, agents=0, flow=example)
    visitor = await shop.visitor(language="vi")
    await visitor.write("Xin chào")
    await visitor.hears("Chúng tôi có thể giúp gì cho quý khách?")
    labels = [one["label"] for one in visitor.heard[-1]["data"]["choices"]]
    assert labels == ["Đơn hàng của tôi", "Tư vấn mua hàng", "Gặp nhân viên"]
    await visitor.write("đơn hàng của tôi")
    await visitor.hears("Mã đơn hàng của quý khách là gì? Mã gồm bốn đến tám chữ số.")
