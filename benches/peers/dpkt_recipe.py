"""dpkt: decode, 5-tuple, Counter; the recipe of recipe.py."""

import dpkt
import recipe

recipe.run("dpkt", dpkt)
