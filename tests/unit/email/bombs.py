"""Letters that cost a parser dear."""

from collections.abc import Iterator


def nested(depth: int) -> bytes:
    """Parts within parts."""
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return b"".join(levels) + b"\r\nhi\r\n"


def matryoshka(depth: int) -> bytes:
    """Letters within letters."""
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"From: a@example.org\r\n\r\nhi\r\n"


def bombs() -> Iterator[tuple[str, bytes]]:
    """Each with its name."""
    head = b"From: Eve <eve@example.org>\r\nMessage-ID: <bomb@example.org>\r\n"
    for depth in (100, 300, 1000):
        yield f"parts nested {depth} deep", head + nested(depth)
        yield f"letters nested {depth} deep", head + matryoshka(depth)
    many = b"--a\r\n\r\nx\r\n" * 100_000
    yield (
        "100,000 parts",
        head + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + many + b"--a--\r\n",
    )
    parameters = b"".join(b"; a%d=b" % number for number in range(20_000))
    yield "20,000 parameters", head + b"Content-Type: text/plain" + parameters + b"\r\n\r\nhi"
    yield "20,000 parentheses", head + b"To: " + b"(" * 20_000 + b"\r\n\r\nhi"
    addresses = b", ".join(b"a%d@example.com" % number for number in range(4000))
    yield "4,000 addresses", head + b"To: " + addresses + b"\r\n\r\nhi"
    words = b" ".join(b"=?utf-8?q?a%d?=" % number for number in range(4000))
    yield "a subject of 4,000 encoded words", head + b"Subject: " + words + b"\r\n\r\nhi"
    yield "50,000 fields", head + b"X: y\r\n" * 50_000 + b"\r\nhi"
    yield "a field of a megabyte", head + b"X: " + b"y" * 1_000_000 + b"\r\n\r\nhi"
    folded = b"References: " + b"\r\n <a@b>" * 100_000
    yield "100,000 references", head + folded + b"\r\n\r\nhi"
    html = b"<div>" * 100_000
    yield "100,000 divs", head + b"Content-Type: text/html\r\n\r\n" + html
    table = b"<table><tr><td>" * 3000
    yield "3,000 tables", head + b"Content-Type: text/html\r\n\r\n" + table
    yield "nothing", b""
    yield "no header", b"\r\n\r\nhi"
    yield "only zeros", b"\0" * 100_000
    yield (
        "a header of a boundary alone",
        head + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nhi',
    )
