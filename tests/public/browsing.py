"""A visitor of the public site: a browser without scripts, that can also send what no browser would."""

import http.client
import re
import secrets
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"


def multipart(fields, files=(), *, boundary=None, close=True):
    """A multipart body and its content type. `files` are (name, content, type); the field is `attachments`."""
    boundary = boundary or secrets.token_hex(8)
    out = bytearray()
    for name, value in fields:
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        out += value if isinstance(value, bytes) else value.encode()
        out += b"\r\n"
    for name, content, media in files:
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="attachments"; filename="{name}"\r\n'.encode()
        out += f"Content-Type: {media}\r\n\r\n".encode() + content + b"\r\n"
    if close:
        out += f"--{boundary}--\r\n".encode()
    return bytes(out), f"multipart/form-data; boundary={boundary}"


class Visitor:
    """Cookies, forms, redirects seen one by one."""

    def __init__(self, address, *, language="en"):
        self.place = urlsplit(address)
        self.cookies = {"duecourse_language": language} if language else {}

    def get(self, path, **headers):
        return self.ask("GET", path, None, headers)

    def post(self, path, form):
        token = form.get("csrfmiddlewaretoken") or self.cookies.get("duecourse_form", "")
        return self.ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": token}), {"Content-Type": FORM})

    def send(self, form, files=(), *, path="/report/", close=True):
        """Send the report form as a browser does."""
        fields = [
            (name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])
        ]
        body, media = multipart(fields, files, close=close)
        return self.ask("POST", path, body, {"Content-Type": media})

    def ask(self, method, path, body, headers):
        asking = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        asking.request(method, path, body, {"Cookie": cookies, **headers})
        answer = asking.getresponse()
        answer.content = answer.read()
        answer.text = answer.content.decode("utf-8", "replace")
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value.strip('"')
            if "max-age=0" in cookie.lower():
                del self.cookies[name]
        asking.close()
        return answer


def hidden(page, name):
    """The values of a page's hidden fields of this name."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page.text)


def filled(page, **changes):
    """The report form of a page, filled in."""
    form = {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")[0],
        "code": hidden(page, "code")[0],
        "stamp": hidden(page, "stamp")[0],
        "head": "fraud",
        "urgent": "no",
        "what_happened": "A shop took my money and sent nothing.",
        "happened_on": "last week",
        "address": "https://shop.example/item/7",
        "harmed": "self",
        "contact": "",
    }
    if kept := hidden(page, "kept"):
        form["kept"] = kept
    return {**form, **changes}
