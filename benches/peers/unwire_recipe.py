"""unwire: the recipe of recipe.py with only the import changed."""

import recipe
from unwire import dpkt

recipe.run("unwire", dpkt)
