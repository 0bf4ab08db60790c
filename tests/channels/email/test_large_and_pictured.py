"""Pictures in the text of mails, and mails that are larger than what is read."""

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import MailServers

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


async def test_pictures_in_the_text_are_shown_from_our_own_files(site: Site, servers: MailServers):
    office = await Office.open(site, servers, agents=2)
    first, second = office.agents
    await site.world.not_ready(second.id)
    lan = office.customer()
    made = lan.letter(office.address, "See")
    made.add_alternative(
        '<p>See <img src="cid:logo@x"> and <img src="cid:doc@x"> and <img src="http://t.example/1.gif"></p>',
        subtype="html",
    )
    html = made.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png")  # type: ignore[union-attr]
    html.add_related(b"%PDF-1.7", "application", "pdf", cid="<doc@x>", filename="doc.pdf")  # type: ignore[union-attr]
    made.make_mixed()
    made.add_attachment(PNG, maintype="image", subtype="png", filename="photo.png")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken(first)
    (message,) = await office.messages(card)
    told = message["data"]["email"]
    assert (told["inline"], told["files"], told["images"]) == (["logo@x"], [], True)
    assert [one["name"] for one in message["attachments"]] == ["logo.png", "doc.pdf", "photo.png"]
    page = await first.get(f"/mails/{told['id']}/page")
    assert page.text.count("data:image/png;base64,iVBOR") == 1
    assert "cid:" not in page.text
    assert "img-src data:;" in page.headers["content-security-policy"]
    assert (await second.get(f"/mails/{told['id']}/page")).status_code == 404


async def test_what_is_too_large_is_shown_with_what_was_left_out(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    made = lan.letter(office.address, "The film that you asked for, and the bill")
    made.add_attachment(b"%PDF-1.7 bill", maintype="application", subtype="pdf", filename="bill.pdf")
    made.add_attachment(
        bytes(50 * 1024 * 1024), maintype="application", subtype="octet-stream", filename="film.bin"
    )
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken()
    (message,) = await office.messages(card)
    assert message["body"] == "The film that you asked for, and the bill"
    told = message["data"]["email"]
    assert (told["cut"], told["files"]) == (True, ["film.bin"])
    assert [one["name"] for one in message["attachments"]] == ["bill.pdf"]
    (raw,) = servers.letters(office.address)
    assert len(raw) > 68_000_000
    lan.write(office.address, "And a small one", "Another")
    await office.taken()
