"""unwire: writing.py with only the import changed."""

import writing
from unwire import dpkt

writing.run("unwire", dpkt)
