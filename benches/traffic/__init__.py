"""The traffic of the standard bench capture: who talks to whom, and every byte they say.

`wire` knows links, addresses and checksums; `tcp` and `datagrams` hold conversations, each a
generator of (gap in µs, frame); `content` makes application bytes. Only `random()` and
`getrandbits()` of a seeded generator and exact arithmetic are used, so that the bytes are the same
on every machine and Python version. None of it imports unwire: a bench must not test itself.
"""
