"""The demo branch 新城支行: some 300 accounts and 20,000 movements of sixty business days, all made up.

``Filling`` puts it into a book, once; ``Living`` lives some business days with every room, and leaves it on today's.
"""

from canglian.app.demo.filling import Filling
from canglian.app.demo.living import Living, MovedClock

__all__ = ["Filling", "Living", "MovedClock"]
