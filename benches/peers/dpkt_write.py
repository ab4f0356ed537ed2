"""dpkt: writing only, as in writing.py."""

import dpkt
import writing

writing.run("dpkt", dpkt)
