"""What the three recipes for HTTP, DNS and TLS look for, the way that misses nothing: over any number of segments, both versions of IP."""

import sys

import unwire

trace = unwire.open(sys.argv[1])

for time, conn, http, _frames in trace.messages("http"):
    print(time, conn.orig_h, getattr(http, "uri", None) or http.status, http.headers.get("content-type", ""), len(http.body))

for time, conn, dns, _frames in trace.messages("dns"):
    print(time, conn.orig_h, "answer" if dns.qr else "question", [q.name for q in dns.qd], len(dns.an))

for row in trace.ssl():
    print(row["ts"], row["id.orig_h"], row["version"], row["server_name"], row["ja4"])
