"""What a file is, and what it is called: by its content, whatever its sender says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.conversations.attachments.policies import ENDINGS, LONGEST_NAME, UNKNOWN, file_name, media_type

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (PNG, "photo.png", "image/png"),
        (PNG, "invoice.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0....JFIF", "a.jpg", "image/jpeg"),
        (b"GIF89a....", "a", "image/gif"),
        (b"RIFF....WEBPVP8 ", "a", "image/webp"),
        (b"RIFF....AVI LIST", "a.avi", UNKNOWN),
        (b"%PDF-1.7", "a.exe", "application/pdf"),
        (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", "image/heic"),
        (b"\0\0\0\x18ftypisom", "a.mp4", "video/mp4"),
        (b"PK\x03\x04....", "order.docx", DOCX),
        (b"PK\x03\x04....", "order.docm", UNKNOWN),
        (b"PK\x03\x04....", "all.zip", UNKNOWN),
        (b"MZ\x90\0\x03", "photo.png", UNKNOWN),
        (b"\x7fELF\x02\x01", "photo.jpg", UNKNOWN),
        ("Chào bạn, 12 kg".encode(), "hello.txt", "text/plain"),
        ("a;b\n1;2\n".encode("utf-8-sig"), "table.CSV", "text/csv"),
        (("x" * 4095 + "ệ").encode()[:4096], "cut.txt", "text/plain"),
        (b"<html><script>alert(1)</script>", "page.html", "text/plain"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg", "text/plain"),
        (b"#!/bin/sh\nrm -rf ~", "run.sh", "text/plain"),
        (b"text\0with a zero", "a.txt", UNKNOWN),
        ("Привіт".encode("cp1251"), "a.txt", UNKNOWN),
    ],
)
def test_the_content_says_what_a_file_is(head: bytes, name: str, kind: str) -> None:
    assert media_type(head, name) == kind


@pytest.mark.parametrize(
    ("wished", "kind", "name"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("Photo.JPEG", "image/jpeg", "Photo.JPEG"),
        ("bill.exe", "image/png", "bill.exe.png"),
        ("page.html", "text/plain", "page.html.txt"),
        ("invoice\u202egpj.exe", "image/jpeg", "invoicegpj.exe.jpg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\An\\ảnh.png", "image/png", "ảnh.png"),
        ("a\r\nSet-Cookie: x=1\0.png", "image/png", "aSet-Cookie_ x=1.png"),
        ("📷 кіт.png", "image/png", "📷 кіт.png"),
        ("...", "image/png", "file.png"),
        ("", UNKNOWN, "file"),
        ("/", "application/pdf", "file.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("x" * 300 + ".png", "image/png", "x" * 116 + ".png"),
        ("x" * 300 + ".msg", UNKNOWN, "x" * 116 + ".msg"),
    ],
)
def test_a_name_hides_nothing_and_ends_as_what_it_is(wished: str, kind: str, name: str) -> None:
    assert file_name(wished, kind) == name


@given(wished=st.text(max_size=400), kind=st.sampled_from([*ENDINGS, UNKNOWN]))
def test_any_name_becomes_one_that_a_system_takes(wished: str, kind: str) -> None:
    name = file_name(wished, kind)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*\0\r\n\u202e')
    assert file_name(name, kind) == name
    if kind in ENDINGS:
        assert name.rpartition(".")[2].lower() in ENDINGS[kind]
