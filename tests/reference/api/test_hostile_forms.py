"""Which upload forms are taken, and what do the others get (behaviour document, 2.8)?"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

BOUNDARY: Final = "b0undary"
TYPE: Final = f"multipart/form-data; boundary={BOUNDARY}"
NOTHING: Final = "422 10008 Upload must include either resources or bits"
UNREADABLE: Final = "400 1001 Request invalid due to parse error: invalid request body"


def part(disposition: str, data: bytes = b"x", *headers: str) -> bytes:
    lines = [f"--{BOUNDARY}", f"Content-Disposition: {disposition}", *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def bits(data: bytes = b"x", name: str = "bits") -> bytes:
    return part(f'form-data; name="{name}"; filename="a.zip"', data)


def text(name: str, value: str) -> bytes:
    return part(f'form-data; name="{name}"', value.encode())


def send(cloud: Any, body: bytes, package: str = "missing", content_type: str = TYPE) -> Any:
    headers = {"Content-Type": content_type}
    return cloud.admin.post(f"/v3/packages/{package}/upload", content=body, headers=headers)


KNOWN: Final = '[{"sha1": "' + "0" * 40 + '", "size": 1, "fn": "a"}]'


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (form(), NOTHING),
        (form(text("resources", "[]")), NOTHING),
        (form(text("resources", "")), "422 10008 Resources must be valid JSON."),
        (form(bits(), text("resources", "{}")), "422 10008 Resources must be valid JSON."),
        (form(bits(), text("resources", "[1]")), "422 10008 Resources must be valid JSON."),
        (form(bits(), text("resources", "null")), "422 10008 Resources must be valid JSON."),
        (form(text("resources", "[" * 9999)), "422 10008 Resources must be valid JSON."),
        (form(text("resources", "[]" + " " * 9 + "x")), "422 10008 Resources must be valid JSON."),
        (form(bits(), text("extra", "1")), "422 10008 Unknown field(s): 'extra'"),
        (form(text("a", "1"), text("b", "1"), bits()), "422 10008 Unknown field(s): 'a', 'b'"),
        (form(bits(name="x"), bits()), "422 10008 Unknown field(s): 'x_name', 'x_path'"),
        (
            form(bits(name="file")),
            f"422 10008 Unknown field(s): 'file_name', 'file_path', {NOTHING[10:]}",
        ),
        (
            form(text("bits_path", "/etc/passwd"), text("bits_name", "a.zip")),
            f"422 10008 Unknown field(s): 'bits_path', 'bits_name', {NOTHING[10:]}",
        ),
        (form(bits(), text("upload_start_time", "1")), "422 10008 Unknown field(s): 'upload_st"),
        (form(bits()), "404 10010 Package not found"),
        (form(text("resources", KNOWN)), "404 10010 Package not found"),
        (form(text("resources", KNOWN), bits()), "404 10010 Package not found"),
    ],
)
def test_the_parts_decide_before_the_package_is_looked_up(
    cloud: Any, body: bytes, error: str
) -> None:
    assert cloud.detail(send(cloud, body)).startswith(error)


BROKEN: Final[dict[str, bytes]] = {
    "no last boundary": bits(),
    "half a boundary": bits() + b"--b0und",
    "no part at all": b"hello",
    "another boundary": form(bits()).replace(b"b0undary", b"other"),
    "no disposition": f"--{BOUNDARY}\r\nX: y\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
    "no name": form(part("form-data")),
    "not form data": form(part('attachment; name="bits"')),
    "a header without a colon": form(part('form-data; name="a"', b"x", "what")),
    "a NUL in a header": form(part('form-data; name="a"', b"x", "X\0Y: z")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_form_that_cannot_be_read_is_unreadable(cloud: Any, name: str) -> None:
    assert cloud.detail(send(cloud, BROKEN[name])) == UNREADABLE


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'],
)
def test_a_form_without_a_boundary_is_unreadable(cloud: Any, content_type: str) -> None:
    assert cloud.detail(send(cloud, form(bits()), content_type=content_type)) == UNREADABLE


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"bits_path": "/etc/passwd", "bits_name": "a"}'),
        ("application/x-www-form-urlencoded", b"bits_path=/etc/passwd"),
        ("application/zip", b"PK"),
        ("text/plain", b"x"),
    ],
)
def test_only_a_form_with_a_file_uploads(cloud: Any, content_type: str, body: bytes) -> None:
    answer = send(cloud, body, content_type=content_type)

    assert answer.status_code in (400, 422)
    assert "/etc/passwd" not in answer.text


def test_too_much_of_anything_is_too_large(cloud: Any) -> None:
    many_parts = form(*[text(f"p{number}", "") for number in range(1001)])
    many_headers = form(part('form-data; name="bits"', b"x", *["X: y"] * 100))
    long_header = form(part('form-data; name="bits"', b"x", "X: " + "y" * 100_000))
    long_name = form(text("n" * 100_000, "x"))
    long_text = form(text("resources", "[" + " " * 2_000_000 + "]"))
    for body in (many_parts, many_headers, long_header, long_name, long_text):
        answer = send(cloud, body)
        assert answer.status_code in (400, 413), answer.text
        assert len(answer.content) < 1000


def test_the_order_of_the_parts_and_the_names_of_the_file_do_not_matter(
    cloud: Any, place: Any
) -> None:
    data = cloud.zipped(a=b"1")
    known = text("resources", json.dumps([]))
    odd = part('form-data; name="bits"; filename="../../etc/\u65e5\u672c;x=\\"y\\".zip"', data)
    for body in (form(known, bits(data)), form(bits(data), known), form(odd), form(odd, known)):
        package = cloud.package(place.app)
        answer = send(cloud, body, package)
        assert answer.status_code == 200, answer.text
        assert cloud.settled(package)["state"] == "READY"


def test_what_was_refused_leaves_no_file(start: Any) -> None:
    cloud = start()
    package = cloud.package(cloud.place().app)
    big = bits(bytes(3_000_000))
    bodies = [*BROKEN.values(), big, form(big, text("extra", "1")), form(big, big)]
    for body in [*bodies, form(big, text("resources", "{"))]:
        assert send(cloud, body, package).status_code >= 400
    assert send(cloud, form(big), "missing").status_code == 404

    assert list(cloud.server.settings.uploads.iterdir()) == []
    assert cloud.admin.get(f"/v3/packages/{package}").json()["state"] == "AWAITING_UPLOAD"
