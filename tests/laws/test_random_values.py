"""The law of random values, for every class: what is free comes back as it was given; anything else is refused or comes back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from laws.values import CLASSES, REFUSED, Drawing, form, same
from unwire.errors import UnpackError
from unwire.protocols.dns import DNS

#: Entries of messages are nothing by themselves, as in dpkt.
READ = {id: cls for id, cls in CLASSES.items() if not issubclass(cls, DNS.Q)}
each_class = pytest.mark.parametrize("cls", READ.values(), ids=[id.removeprefix("unwire.protocols.") for id in READ])
#: Fields and packets that came back, and packets that were refused.
seen: Counter[str] = Counter()
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True, phases=[Phase.generate])


@each_class
@few
@given(data=st.data())
def test_what_is_drawn_comes_back_or_is_refused(cls: Any, data: st.DataObject) -> None:
    drawing = Drawing(data, cls)
    decided = drawing.decide()
    try:
        values = {**decided, **drawing.fill(decided)}
        made = cls(**values)
        packed = bytes(made)
    except REFUSED:
        # Without a word on what decides, and nothing whose size could be wrong, all fits.
        varying = set(form(cls).varying) & values.keys() if "values" in locals() else {"?"}
        assert decided or varying
        seen["refused"] += 1
        return
    try:
        again = cls(packed)
    except UnpackError:
        # What decides may say that this is another, and some are nothing without what they carry.
        bound = "native" in cls.__layer__ or any(link.get("strict") for link in cls.__layer__["next"])
        assert decided or bound, f"{packed.hex()} is not read again"
        return
    for name, value in values.items():
        if name in form(cls).behind:
            continue  # Its bytes come back; whether they are padding or a check sequence, their number tells.
        found = getattr(again, name, None)
        assert same(value, found), f"{name}: {value!r} came back as {found!r} from {packed.hex()}"
        seen["fields"] += 1
        seen["varying fields"] += name in form(cls).varying
    assert bytes(again) == packed
    seen["packets"] += 1
    seen[cls.__layer__["id"]] += 1


def test_most_of_what_is_drawn_comes_back() -> None:
    """Refusing everything would keep the law, too."""
    print(", ".join(f"{seen[what]:,} {what}" for what in ("packets", "fields", "varying fields", "refused")), f"of {len(READ)} classes")
    if seen["packets"]:
        assert seen["packets"] > 3 * seen["refused"]
        assert seen["varying fields"] > 1_000
        # What is a view of bytes that a decoder reads has nothing of its own to give.
        own = {id: cls for id, cls in READ.items() if any(not field["name"].startswith("_") for field in cls.__layer__["fields"])}
        assert not [id for id, cls in own.items() if not seen[id] and not cls.__layer__["next"]]
