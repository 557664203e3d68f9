"""Documents on paper, as PDF: typefaces that every document embeds, text that is set in them, and the bank's seal.

The typefaces are Noto Sans SC and, for what it lacks, Noto Sans JP (SIL Open Font License). The build of the assets
puts them into ``fonts`` beside this file, a folder that no route serves, and the wheel carries them. Where they are
missing a document is refused with ``document.typefaces_missing``: one that borrows the reader's typeface looks
different on every machine, and a bank's paper must not.
"""

from canglian.web.paper.making import made
from canglian.web.paper.seal import draw_seal
from canglian.web.paper.sheet import Sheet
from canglian.web.paper.typefaces import MISSING, Typefaces, typefaces

__all__ = ["MISSING", "Sheet", "Typefaces", "draw_seal", "made", "typefaces"]
