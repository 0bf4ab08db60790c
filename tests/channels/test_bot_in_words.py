"""A bot that understands what visitors write, by the real model: led by intents, answered from articles, or by a person."""

from typing import Any

from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.flows.endpoint import endpoint
from tests.knowledge.test_written_answers import set_up
from tests.support import until
from tongdai.intelligence.public import LanguageModels

FLOW = """
flow: chat
start: hello
nodes:
  hello:
    label: Wish
    intent:
      set: shop
      text: chat.message
      say: {text: {en: "How can we help?", vi: "Tôi giúp gì được cho bạn?"}}
      intents: [order_status, refund]
      keys: {1: order_status, 2: refund}
      labels: {order_status: {en: My order, vi: Đơn hàng của tôi}, refund: {en: Money back, vi: Hoàn tiền}}
      languages: [en, vi]
    go: {order_status: mood, refund: rules, out_of_scope: queue, unavailable: queue}
  mood:
    branch: {angry: understood.angry}
    go: {angry: queue, else: number}
  number:
    gather: {say: 'Which order?', save: order, min: 3, max: 8}
    go: {done: queue, no_input: queue}
  rules:
    look_up_article: {question: understood.text}
    go: {helped: bye, not_helped: queue, nothing_found: queue}
  bye:
    say: Good to hear.
    go: end
  queue:
    queue: {queue: Chats, max_wait: 60}
    go: {timeout: end, no_agents: end}
  end:
    hang_up:
variables: {chat: {message: ''}}
"""
INTENTS = {
    "order_status": [
        "Where is my parcel?",
        "Has my order been sent?",
        "When does it arrive?",
        "Can you track my delivery?",
        "My package is late",
        "I ordered last week and nothing has come",
    ],
    "refund": [
        "I want my money back",
        "How do I return this?",
        "It does not fit, I send it back",
        "Please refund my purchase",
        "What is your return policy?",
        "When do I get the refund?",
    ],
}
ARTICLE = {
    "title": "Returns",
    "body": "You can return anything within 30 days and get your money back.",
    "link": "https://shop.example/returns",
    "public": True,
}


async def a_bot(site: Site) -> tuple[Shop, Person]:
    """A shop whose bot has learned its intents and one article."""
    admin = await site.sign_in("admin")
    intents = [
        {"name": name, "title": name.replace("_", " ").capitalize(), "examples": {"en": some}}
        for name, some in INTENTS.items()
    ]
    made = await admin.ok("POST", "/intent-sets", {"name": "shop", "intents": intents})
    path = f"/intent-sets/{made['id']}"
    await admin.ok("POST", f"{path}/train")

    async def trained() -> bool:
        return (await admin.ok("GET", f"{path}/versions/1"))["state"] == "ready"

    await until(trained, timeout=120)
    await admin.ok("POST", f"{path}/publish", {"number": 1})
    article = await admin.ok("POST", "/articles", ARTICLE)

    async def read() -> bool:
        return (await admin.ok("GET", f"/articles/{article['id']}"))["read"]

    await until(read, timeout=60)
    return await Shop.open(site, flow=FLOW), admin


def answers(offer: dict[str, Any]) -> dict[str, str]:
    return {one["label"]: one["value"] for one in offer["flow_answers"]}


async def test_visitors_are_led_by_their_own_words(site: Site):
    shop, _ = await a_bot(site)
    (agent,) = shop.agents
    first = await shop.visitor(language="en")
    await first.write("Good morning")
    await first.hears("Good morning", "How can we help?")
    assert [one["label"] for one in first.heard[-1]["data"]["choices"]] == ["My order", "Money back"]
    await first.write("My parcel has not come yet, could you look?")
    await first.hears("Which order?")
    await first.write("4711")
    offer = await shop.offer(agent)
    assert answers(offer)["number"] == "4711"
    assert answers(offer)["Wish"].startswith("Order status (")


async def test_answers_come_from_articles_and_an_angry_customer_gets_a_person(site: Site):
    shop, _ = await a_bot(site)
    (agent,) = shop.agents
    asking = await shop.visitor(language="en")
    await asking.write("Can I send the shoes back and get my money?")

    async def answered() -> str | None:
        body = (await asking.look())[-1]["body"]
        return body if "30 days" in body else None

    told = await until(answered)
    assert "From: Returns https://shop.example/returns" in told
    await asking.write("Yes, thanks!")
    await asking.hears("Good to hear.")

    angry = await shop.visitor(language="en")
    await angry.write("Where is my damn parcel?! Third time I ask, you are useless liars!")
    offer = await shop.offer(agent)
    assert "number" not in answers(offer), "nobody asks an angry customer for numbers"
    asked = [one["body"] for one in await angry.look()]
    assert "How can we help?" not in asked, "nor the same again"


async def test_the_bot_goes_on_in_the_visitors_language_and_by_buttons(site: Site):
    shop, admin = await a_bot(site)
    visitor = await shop.visitor(language="en")
    await visitor.write("Xin chào, tôi có một câu hỏi nhỏ")
    await visitor.hears("Tôi giúp gì được cho bạn?")
    assert [one["label"] for one in visitor.heard[-1]["data"]["choices"]] == ["Đơn hàng của tôi", "Hoàn tiền"]
    await visitor.write("Đơn hàng của tôi", pressed="1")
    await visitor.hears("Which order?")

    async with endpoint(site.runtime) as one:
        await set_up(admin, one, answers=False, intents="unsure")
        one.says = lambda _: '{"intent": "refund"}'
        another = await shop.visitor(language="en")
        await another.write("My cat does not like the colour")
        offer = await shop.offer(shop.agents[0])
        assert answers(offer)["Wish"] == "Refund", "the assistant understood what ours did not"
        (told,) = one.asked
        assert '"order_status"' in told["messages"][1]["content"]
        understood = await shop.visitor(language="en")
        await understood.write("My parcel has not come yet, could you look?")
        await understood.hears("Which order?")
        assert len(one.asked) == 1, "what ours understands is asked of nobody else"


async def test_without_the_model_visitors_get_a_person(site: Site):
    shop, _ = await a_bot(site)
    (agent,) = shop.agents
    models = site.runtime.get(LanguageModels)
    models.providers, kept = (), models.providers
    visitor = await shop.visitor()
    await visitor.write("Where is my parcel?")
    offer = await shop.offer(agent)
    assert answers(offer) == {"Wish": "Where is my parcel?"}
    models.providers = kept
