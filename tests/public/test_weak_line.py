"""A weak line: it is slow, it drops in the middle of a file. The report arrives once, and the person sees a receipt."""

import json
import os
import secrets
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import Visitor, filled, hidden, multipart

PART = 1_048_576
MP4 = b"\x00\x00\x00\x18ftypisom"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1"


class WeakLine:
    """A line to a site that breaks every connection which carried more than `most` bytes upward, `drops` times."""

    def __init__(self, address, *, most, drops):
        place = urlsplit(address)
        self._to = (place.hostname, place.port)
        self._most, self.drops, self.dropped = most, drops, 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listening.close()

    def _serve(self):
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        far = socket.create_connection(self._to)
        threading.Thread(target=self._down, args=(far, near), daemon=True).start()
        carried = 0
        try:
            while block := near.recv(16_384):
                carried += len(block)
                if carried > self._most and self.dropped < self.drops:
                    self.dropped += 1
                    break
                far.sendall(block)
        except OSError:
            pass
        for end in (near, far):
            with_no_more(end)

    def _down(self, far, near):
        try:
            while block := far.recv(16_384):
                near.sendall(block)
        except OSError:
            pass
        with_no_more(near)


def with_no_more(end):
    """Break a connection at once."""
    try:
        end.shutdown(socket.SHUT_RDWR)
        end.close()
    except OSError:
        pass


def in_parts(visitor, content, name, *, skip=(), page=None):
    """Send a file as the script does; gives the last answer. Parts in `skip` never come."""
    page = page or visitor.get("/report/")
    form = {one: hidden(page, one)[0] for one in ("csrfmiddlewaretoken", "code", "stamp")}
    begun = ask(visitor, form, do="begin", name=name, size=str(len(content)))
    if "ticket" not in begun:
        return begun, form
    for index in range(-(-len(content) // PART)):
        if index not in skip:
            taken = part(visitor, form, begun["ticket"], index, content[index * PART : (index + 1) * PART])
            if taken.get("problem"):
                return taken, form
    return ask(visitor, form, do="done", ticket=begun["ticket"]) | {"ticket": begun["ticket"]}, form


def ask(visitor, form, **fields):
    body, media = multipart(list({**form, **fields}.items()))
    return json.loads(visitor.ask("POST", "/report/part/", body, {"Content-Type": media}).content)


def part(visitor, form, ticket, index, content):
    fields = {**form, "do": "part", "ticket": ticket, "index": str(index)}
    body, media = multipart(list(fields.items()))
    end = f"--{media.partition('=')[2]}--\r\n".encode()
    head = (
        f'--{media.partition("=")[2]}\r\nContent-Disposition: form-data; name="part"; filename="blob"\r\n\r\n'.encode()
    )
    whole = body.removesuffix(end) + head + content + b"\r\n" + end
    return json.loads(visitor.ask("POST", "/report/part/", whole, {"Content-Type": media}).content)


@pytest.mark.browser
def test_a_report_with_a_recording_arrives_once_over_a_line_that_drops_in_the_middle(sites, visit, tmp_path, stored):
    line = WeakLine(sites.public, most=900_000, drops=2)
    recording = tmp_path / "通话录音.mp4"
    recording.write_bytes(MP4 + secrets.token_bytes(2 * PART))
    before = stored("SELECT count(*) FROM submission")[0][0]
    page = visit()
    page.route("**/*", lambda route: route.continue_(headers={**route.request.headers, "origin": sites.public}))
    page.goto(f"{line.address}/report/?lang=en")
    for choice in ("#urgent-no", "#head-fraud", "#harmed-self", None, ""):
        if choice:
            page.check(choice)
        elif choice is None:
            page.fill("#what_happened", "The line is weak here.")
        page.click("button[name=go][value=next]")
    page.set_input_files("#attachments", recording)
    page.wait_for_selector("main input[name=kept]", state="attached", timeout=60_000)
    assert line.dropped == 2
    page.click("button[name=go][value=next]")
    page.click("button[name=go][value=next]")
    page.click("main form button[type=submit]:not([name])")
    page.wait_for_url("**/report/receipt/")
    line.close()
    assert "通话录音.mp4" in page.inner_text("main")
    assert stored("SELECT count(*) FROM submission")[0][0] == before + 1
    assert stored("SELECT max(size) FROM attachment")[0][0] > 2 * PART


def test_a_report_whose_line_broke_is_sent_again_and_is_one(sites, visitors, stored):
    """Without scripts: the same page, sent anew, until the receipt comes."""
    line = WeakLine(sites.public, most=100_000, drops=2)
    visitor = visitors()
    form = filled(visitor.get("/report/"))
    far = Visitor(line.address)
    far.cookies = visitor.cookies
    before, tries = stored("SELECT count(*) FROM submission")[0][0], 0
    while True:
        tries += 1
        try:
            answer = far.send(form, [("chat.pdf", b"%PDF-1.7\n" + b"x" * 300_000, "application/pdf")])
            break
        except OSError:
            assert tries < 10
    line.close()
    assert (answer.status, line.dropped) == (303, 2)
    assert stored("SELECT count(*) FROM submission")[0][0] == before + 1


def test_parts_are_sealed_as_they_come_and_become_one_file_the_office_can_open(visitor, sites, stored):
    from duecourse.edge.keys import KeyRing

    marker = secrets.token_bytes(24)
    content = MP4 + marker + os.urandom(PART) + marker
    done, form = in_parts(visitor, content, "录音.m4a", skip=(1,))
    assert done["again"]
    waiting = list((sites.home / "sealed" / "incoming").glob("part-*"))
    assert waiting
    assert not [path for path in waiting if marker in path.read_bytes()]
    part(visitor, form, done["ticket"], 1, content[PART:])
    first, second = (ask(visitor, form, do="done", ticket=done["ticket"]) for _ in range(2))
    assert first == second
    sent = visitor.send({**filled(visitor.get("/report/")), "kept": first["kept"]})
    assert sent.status == 303
    digest = stored("SELECT object FROM attachment ORDER BY size DESC LIMIT 100")
    opened = [
        KeyRing(sites.home / "keys").open("intake", (sites.home / "sealed" / one[:2] / one[2:]).read_bytes())
        for (one,) in digest
    ]
    assert content in opened


def test_a_file_in_parts_that_is_not_what_it_claims_is_refused_with_its_first_part(visitor):
    done, _ = in_parts(visitor, b"MZ" + b"x" * PART, "contract.pdf")
    assert "says that it is PDF" in done["problem"]


def test_a_file_too_large_for_what_it_is_is_refused_before_it_is_sent(visitor):
    page = visitor.get("/report/")
    form = {one: hidden(page, one)[0] for one in ("csrfmiddlewaretoken", "code", "stamp")}
    assert "larger than 200 MB" in ask(visitor, form, do="begin", name="film.mp4", size="200000001")["problem"]
    begun = ask(visitor, form, do="begin", name="data.bin", size="20000001")
    assert "larger than 20 MB" in part(visitor, form, begun["ticket"], 0, b"x" * PART)["problem"]


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "nothing"},
        {"do": "begin", "name": "x", "size": "many"},
        {"do": "part", "ticket": "no ticket", "index": "0"},
        {"do": "done", "ticket": ""},
        {"do": "begin", "name": "x", "size": "0"},
    ],
    ids=["an unknown wish", "no size", "a foreign ticket", "no ticket", "an empty file"],
)
def test_what_the_script_would_not_send_gets_a_sentence_and_leaves_nothing(visitor, sites, fields):
    before = set((sites.home / "sealed" / "incoming").glob("part-*"))
    page = visitor.get("/report/")
    form = {one: hidden(page, one)[0] for one in ("csrfmiddlewaretoken", "code", "stamp")}
    assert ask(visitor, form, **fields)["problem"]
    assert set((sites.home / "sealed" / "incoming").glob("part-*")) == before


def test_a_picture_from_a_telephone_is_taken_by_its_content_whatever_it_is_called(visitor):
    files = [("IMG_1.HEIC", HEIC, "image/heic"), ("IMG_2.jpg", HEIC, "image/jpeg")]
    assert visitor.send(filled(visitor.get("/report/")), files).status == 303
    page = visitor.get("/report/receipt/")
    assert "IMG_1.HEIC" in page.text
    assert "IMG_2.jpg" in page.text


@pytest.mark.wide
def test_a_recording_of_200_megabytes_goes_up_whole_and_memory_stays_bounded(sites, visitor, stored):
    """Without scripts: one post of 200 MB; the site's processes grow by less than a tenth of it."""
    before = peak(sites)
    assert before > 10_000, "the site was not found"
    content = MP4 + bytes(200_000_000 - len(MP4))
    answer = visitor.send(filled(visitor.get("/report/")), [("film.mp4", content, "video/mp4")])
    assert answer.status == 303, answer.text[:2000]
    assert stored("SELECT max(size) FROM attachment")[0][0] > 200_000_000
    assert peak(sites) - before < 40_000, "kB"


def peak(sites):
    """The largest resident size that a process of the public site ever had, in kB."""
    group = sites.supervisor.pid("public")
    sizes = [0]
    for place in Path("/proc").glob("[0-9]*"):
        try:
            same = os.getpgid(int(place.name)) == group
            said = (place / "status").read_text("ascii", "replace")
        except OSError:
            continue
        if same:
            sizes += [int(line.split()[1]) for line in said.splitlines() if line.startswith("VmHWM")]
    return max(sizes)
