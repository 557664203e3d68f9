"""The demo branch 新城支行: some 300 accounts and 20,000 movements of sixty business days, all made up.

``Filling`` puts it into a book, once.
"""

from canglian.app.demo.filling import Filling

__all__ = ["Filling"]
