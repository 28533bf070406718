"""Makes the frozen fixtures of a format version, once: `python tests/formats/make.py v2`. It never overwrites one.

Everything is derived from fixed words, so the fixtures of a version can be made again elsewhere and compared.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from duecourse.core.ledger import checkpoint, cosignature, entry, merkle, note, policy, proof, receipt, tiles

ORIGIN = "log.example/office"
SIZE, OLD_SIZE = 300, 200
FIRST_MOMENT = datetime(2026, 2, 10, 1, 2, 3, 456000, UTC)
DOCUMENT = "行政处罚决定书（示例）\nDecision (example)\n".encode()


def word(text: str) -> bytes:
    return sha256(f"duecourse fixture {text}".encode()).digest()


def key(name: str, algorithm: int = note.ED25519) -> note.Ed25519Signer:
    return note.Ed25519Signer(name, word(f"key {name}"), algorithm)


LOG = key(ORIGIN)
COURT = key("witness.example/court", note.COSIGNATURE)
UNIVERSITY = key("witness.example/university", note.COSIGNATURE)


def stream(name: str) -> str:
    return str(UUID(bytes=word(f"stream {name}")[:16], version=4))


def field(name: str, class_: str, value: object, of: str) -> entry.Field:
    return entry.Field(name, class_, value, word(f"salt {of} {name}"))


STORY = [
    # stream, kind, procedure, step, role, fields, outcome
    (
        "submission",
        "submission",
        "report",
        "submit",
        "system",
        {"text": ("report", "收到一条冒充银行的短信。"), "contact": ("identity", {"phone": "000-0000"})},
        {},
    ),
    (
        "lead",
        "matter",
        "lead",
        "register",
        "handler",
        {"source": ("case", "report"), "amount": ("case", 12050)},
        {"engine": 1, "step": "register", "phase": "done", "stage": {"from": None, "to": "registered"}, "ended": False},
    ),
    (
        "lead",
        "matter",
        "lead",
        "verify-lead",
        "handler",
        {"finding": ("case", "属实\n“仿冒网站” <a> & \\ \t 𠮷")},
        {"engine": 1, "step": "verify-lead", "phase": "done", "facts": {"set": ["verified"], "clear": []}},
    ),
    ("system", "system", None, "rulebook-loaded", "system", {}, {"rulebook": "cn-city"}),
    (
        "case",
        "matter",
        "penalty-ordinary",
        "decide",
        "main-head",
        {"decision": ("public", {"document": sha256(DOCUMENT).hexdigest(), "title": "行政处罚决定书"})},
        {"engine": 1, "step": "decide", "phase": "done", "ended": False, "clocks": []},
    ),
]
PLACES = (3, 7, 8, 150, 299)


def story() -> list[tuple[bytes, list[entry.Field]]]:
    """The skeletons and fields of the five entries, chained in their streams."""
    heads: dict[str, tuple[int, bytes]] = {}
    made = []
    for number, (name, kind, procedure, step, role, values, outcome) in enumerate(STORY):
        index, prev = heads.get(name, (-1, None))
        fields = [field(each, class_, value, f"{number}") for each, (class_, value) in values.items()]
        skeleton = entry.build_skeleton(
            log=ORIGIN,
            stream=stream(name),
            kind=kind,
            index=index + 1,
            prev=prev,
            procedure=procedure,
            step=step,
            role=role,
            occurred=entry.Occurred("2026-02-10", "09:02" if number % 2 else None, "Asia/Shanghai"),
            recorded=FIRST_MOMENT + timedelta(seconds=17 * number),
            digests={"rulebook": word("rulebook").hex(), "calendar": word("calendar").hex()} if procedure else {},
            exhibits=[sha256(DOCUMENT).hexdigest()] if step == "decide" else [],
            links=[entry.Link("report", stream("submission"))] if step == "register" else [],
            outcome=outcome,
            fields=fields,
        )
        heads[name] = (index + 1, entry.commitment(skeleton))
        made.append((skeleton, fields))
    return made


def leaves() -> list[bytes]:
    """300 leaves: padding, with the five commitments at their places."""
    found = [word(f"padding {number}") for number in range(SIZE)]
    for place, (skeleton, _) in zip(PLACES, story(), strict=True):
        found[place] = entry.commitment(skeleton)
    return found


def signed(size: int, hashes: bytes, *, cosigned: bool = False) -> str:
    tree = merkle.Frontier()
    tree.extend_hashes(hashes[: size * 32])
    text = checkpoint.Checkpoint(ORIGIN, size, tree.root()).sign([LOG])
    if cosigned:
        text = text.with_signatures(
            cosignature.cosign(text.text, seconds=1770685500, signer=COURT),
            cosignature.cosign(text.text, seconds=1770685501, signer=UNIVERSITY),
        )
    return text.encode()


def trust() -> policy.Policy:
    return policy.Policy(
        (policy.Log(LOG.verifier, "https://log.example/office"),),
        (policy.Witness("court", COURT.verifier), policy.Witness("university", UNIVERSITY.verifier)),
        (policy.Group("outside", 1, ("court", "university")),),
        "outside",
    )


def files() -> dict[str, bytes]:
    """Every file of the fixtures, by its path."""
    all_leaves = leaves()
    hashes = merkle.leaf_hashes(all_leaves)
    found = {tile.path: tile.hashes for tile in tiles.new_tiles(0, hashes, lambda _level, _n: b"")}
    reader = tiles.TileReader(
        lambda level, n: next(
            t.hashes for t in tiles.new_tiles(0, hashes, lambda *_: b"") if (t.level, t.n) == (level, n)
        )
    )
    for n in range(0, SIZE, tiles.WIDTH):
        part = all_leaves[n : n + tiles.WIDTH]
        found[tiles.tile_path(tiles.ENTRIES, n // tiles.WIDTH, len(part))] = tiles.bundle(part)
    plain, witnessed = signed(SIZE, hashes), signed(SIZE, hashes, cosigned=True)
    found |= {
        "checkpoint": witnessed.encode(),
        "checkpoint.unwitnessed": plain.encode(),
        f"checkpoint.{OLD_SIZE}": signed(OLD_SIZE, hashes).encode(),
        "vkey": f"{LOG.verifier.vkey()}\n".encode(),
        "policy": trust().encode(),
        "document": DOCUMENT,
    }
    for place, (skeleton, fields) in zip(PLACES, story(), strict=True):
        name = f"{entry.Skeleton.decode(skeleton).step}"
        proven = proof.make(place, signed=witnessed, read=reader)
        shown = [each for each in fields if each.class_ != "identity"]
        found[f"entries/{name}.json"] = skeleton
        found[f"entries/{name}.tlog-proof"] = proven.encode().encode()
        found[f"entries/{name}.receipt.json"] = receipt.make(skeleton, shown, proven).encode()
    found["manifest.json"] = json.dumps(
        {path: sha256(data).hexdigest() for path, data in sorted(found.items())}, indent=1
    ).encode()
    return found


def main(version: str) -> None:
    folder = Path(__file__).parent / version
    if folder.exists():
        raise SystemExit(f"{folder} exists; a frozen version is never made again over itself")
    for path, data in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1])
