"""Mails as they come over the wire: every one is read, none harms whoever looks at it."""

from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from tongdai.channels.email.files import taken
from tongdai.channels.email.pages import clean, content_ids, has_images, text_of, with_pictures
from tongdai.channels.email.quotes import split
from tongdai.channels.email.reading import Address, File, read


def mail(**headers: str) -> EmailMessage:
    made = EmailMessage()
    standard = {"From": "Lan <lan@khach.example>", "To": "support@shop.example", "Subject": "Hi"}
    for name, value in {**standard, **headers}.items():
        made[name.replace("_", "-")] = value
    return made


def test_vietnamese_and_emoji_in_subject_names_and_file_names():
    made = mail(Subject="Đơn hàng của tôi đâu rồi? 📦 " * 5, From="Nguyễn Thị Lan <Lan@Khach.Example>")
    made.set_content("Chào bạn, đơn 4711 chưa đến.")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="hóa đơn 🧾.pdf")
    told = read(made.as_bytes())
    assert told.subject == ("Đơn hàng của tôi đâu rồi? 📦 " * 5).strip()
    assert told.sender == Address("lan@khach.example", "Nguyễn Thị Lan")
    assert told.text == "Chào bạn, đơn 4711 chưa đến."
    assert [(one.name, one.content_type, one.content) for one in told.files] == [
        ("hóa đơn 🧾.pdf", "application/pdf", b"%PDF")
    ]


def test_character_sets_real_wrong_and_unknown():
    body = "Привіт, де моє замовлення?"
    for charset in ("koi8-u", "windows-1251", "utf-8"):
        raw = b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + body.encode(charset)
        assert read(raw).text == body
    raw = b"Content-Type: text/plain; charset=x-none-such\r\n\r\n" + body.encode()
    assert read(raw).text == body
    assert (
        read(b"Subject: \xd0\x9f\xd1\x80\xd0\xb8\r\nContent-Type: text/plain\r\n\r\ncaf\xe9 \x00").text
        == "café"
    )
    assert read(b"Subject: \xd0\x9f\xd1\x80\xd0\xb8\r\n\r\n").subject == "При"


def test_the_text_of_html_alone_and_its_quotation():
    made = mail()
    made.set_content(
        "<html><head><title>x</title><style>p {color: red}</style></head><body><p>Hello&nbsp;there,</p><div>it is<br>late</div>"
        "<div>On Mon, 1 Jun 2026 at 10:00, Shop &lt;support@shop.example&gt; wrote:</div>"
        "<blockquote>We are on it</blockquote></body></html>",
        subtype="html",
    )
    told = read(made.as_bytes())
    assert told.text == "Hello there,\n\nit is\nlate"
    assert told.quoted.splitlines()[-1] == "> We are on it"


def test_html_keeps_nothing_that_runs_or_leaves_its_frame():
    html = clean(
        '<p onclick="x()" style="color:red;position:fixed;background:url(http://e/x)">Hi</p><script>x()</script>'
        '<a href="javascript:x()">a</a><a href="https://shop.example/">b</a><iframe src="http://e"></iframe>'
        '<form action="http://e"><input name="p"></form><img src="http://tracker.example/1.gif" onerror="x()">'
        '<meta http-equiv="refresh" content="0;url=http://e"><base href="http://e"><svg><script>x()</script></svg>'
    )
    for word in (
        "script",
        "javascript",
        "onclick",
        "onerror",
        "iframe",
        "form",
        "input",
        "position",
        "url(",
        "meta",
        "base",
    ):
        assert word not in html
    assert 'href="https://shop.example/"' in html
    assert html.count('target="_blank"') == html.count('rel="noopener noreferrer"') == 2
    assert has_images(html)
    assert not has_images(clean("<p>Hi</p>"))


def test_quotations_in_three_languages():
    for line in (
        "On Mon, Jun 1, 2026 at 10:00 AM Shop <support@shop.example> wrote:",
        "Vào Th 2, 1 thg 6, 2026 vào lúc 10:00 Shop <support@shop.example> đã viết:",
        "пн, 1 черв. 2026 р. о 10:00 Shop <support@shop.example> пише:",
        "On Mon, Jun 1, 2026 at 10:00 AM Shop\n<support@shop.example> wrote:",
        "-----Original Message-----",
        "From: Shop <support@shop.example>\nSent: Monday\nTo: Lan\nSubject: Re: x",
        "Từ: Shop <support@shop.example>\nĐã gửi: Thứ Hai\nĐến: Lan\nChủ đề: Re: x",
    ):
        new, quoted = split(f"Thanks, it came.\n\nLan\n\n{line}\n\n> We sent it\n> today")
        assert new == "Thanks, it came.\n\nLan", line
        assert quoted.startswith(line)


def test_answers_between_quoted_lines_stay_with_them():
    text = "On Monday, Shop wrote:\n> Which size?\nThe large one.\n> And the colour?\nBlue.\n\n> Regards"
    assert split(text) == (
        "On Monday, Shop wrote:\n> Which size?\nThe large one.\n> And the colour?\nBlue.",
        "> Regards",
    )
    assert split("> only\n> quoted") == ("> only\n> quoted", "")
    assert split("On time, please") == ("On time, please", "")


def test_broken_mime_is_shown_as_far_as_it_goes():
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        b'--x\r\nContent-Type: image/png; name="a\r\n b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!notbase64'
    )
    told = read(raw)
    assert told.text == "Hello"
    assert [one.name for one in told.files] == ["a b.png"]
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    assert isinstance(read(nested + b"Content-Type: text/plain\n\nDeep").text, str)
    assert read(b"").subject == ""


def test_a_mail_within_a_mail_is_a_file():
    inner = mail(Subject="Inner")
    inner.set_content("Forwarded")
    made = mail()
    made.set_content("See below")
    made.add_attachment(inner)
    told = read(made.as_bytes())
    assert told.text == "See below"
    assert b"Forwarded" in told.files[0].content


def test_without_a_message_id_the_same_mail_is_still_known_again():
    made = mail()
    made.set_content("Hi")
    first, again = read(made.as_bytes()), read(made.as_bytes())
    made.set_content("Hi there")
    assert first.message_id == again.message_id != read(made.as_bytes()).message_id
    long = mail(Message_ID=f"<{'a' * 800}@b>")
    assert len(read(long.as_bytes()).message_id) < 250


def test_headers_that_name_many_and_forge_others():
    told = read(
        b"From: =?utf-8?q?Boss=0ABcc=3A_x=40y?= <boss@shop.example>\r\nReply-To: a b c\r\nTo: "
        + b"x@y.example, " * 5000
        + b"\r\nIn-Reply-To: <a@b> <c@d>\r\nReferences: <1@x>\r\n <2@x> junk <3@x>\r\nDate: never\r\n\r\nHi"
    )
    assert told.sender == Address("boss@shop.example", "Boss Bcc: x@y")
    assert told.reply_to is None
    assert told.to == (Address("x@y.example"),)
    assert told.in_reply_to == ("<a@b>", "<c@d>")
    assert told.references == ("<1@x>", "<2@x>", "<3@x>")
    assert told.at is None


@given(st.binary(max_size=3000))
def test_whatever_comes_is_read(raw: bytes):
    told = read(raw)
    assert told.message_id
    assert "\0" not in told.text + told.subject + told.html
    (told.text + told.subject + told.sender.name).encode()


_HEADERS = st.sampled_from([
    b"Content-Type: multipart/mixed; boundary=a\n", b"Content-Type: text/html; charset=\xff\n", b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: message/delivery-status\n", b"From: =?x?b?=?=@\n", b"Date: 99\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=a\n",
    b"Content-Disposition: attachment; filename*=x''%ff\n",
    b"To: a:b;c@d,\"\n", b"Subject: =?utf-8?q?=ff?= =?koi8-r?b?AAA?=\n", b"\n", b"--a\n", b"--a--\n",
    b"Final-Recipient: rfc822; x\n",
    b"Action: failed\n", b"Content-Type: text/plain; charset=utf-7\n", b"X-Failed-Recipients: \xff, a@b\n", b"text \xd0\n",
])  # fmt: skip


@given(st.lists(_HEADERS, max_size=25))
def test_whatever_is_put_together_wrongly_is_read(lines: list[bytes]):
    assert read(b"".join(lines)).message_id


@given(st.text(max_size=500))
def test_cleaning_is_the_same_twice_and_texts_are_plain(html: str):
    assert clean(clean(html)) == clean(html)
    assert isinstance(text_of(html), str)


@given(
    st.lists(
        st.sampled_from(
            ["> a", "On Monday, X wrote:", "hello", "", "From: x", "Sent: y", "To: z", "пн, 1 X пише:"]
        ),
        max_size=30,
    )
)
def test_nothing_of_a_text_gets_lost_by_folding(lines: list[str]):
    text = "\n".join(lines)
    new, quoted = split(text)
    assert "".join((new + quoted).split()) == "".join(text.split())
    assert new or not text.strip()


def test_what_is_cut_leaves_its_last_part_out_and_keeps_the_rest():
    made = mail()
    made.set_content("See both")
    made.add_attachment(b"%PDF-1.7 first", maintype="application", subtype="pdf", filename="first.pdf")
    made.add_attachment(bytes(50_000), maintype="application", subtype="octet-stream", filename="second.bin")
    told = read(made.as_bytes()[:20_000], cut=True)
    assert told.text == "See both"
    assert [(one.name, one.whole) for one in told.files] == [("first.pdf", True), ("second.bin", False)]
    assert told.files[1].content == b""
    assert [one.name for one in taken(told.files, ())] == ["first.pdf"]
    assert read(b"Subject: x\r\n\r\n" + b"words " * 1000, cut=True).text.startswith("words")


def test_pictures_in_the_text_take_no_place_of_other_files():
    def file(name: str, cid: str | None = None) -> File:
        return File(name, "image/png", b"x", cid is not None, cid)

    icons = [file(f"icon{n}.png", f"i{n}") for n in range(25)]
    others = [file(f"{n}.png") for n in range(12)]
    kept = taken([*icons, *others], [one.cid for one in icons if one.cid])
    assert [one.name for one in kept] == [f"icon{n}.png" for n in range(20)] + [f"{n}.png" for n in range(10)]
    assert taken([file("logo.png", "unused")], []) != []


def test_pictures_of_the_mail_are_put_into_its_page_and_nothing_else_is():
    html = clean(
        '<p><img src="cid:logo%40x"><img src=\'CID:a&amp;b"><script>\'><img src="cid:none"><img src="data:image/png;base64,AA">'
        '<img src="javascript:x()"></p>'
    )
    assert content_ids(html) == ["logo@x", 'a&b"><script>', "none"]
    page = with_pictures(html, {"logo@x": 'data:image/png;base64,"<x>'})
    assert 'src="data:image/png;base64,&quot;&lt;x&gt;"' in page
    assert page.count('src=""') == 2
    assert "cid:" not in page.lower()
    assert "javascript" not in page
    assert not has_images(html)
