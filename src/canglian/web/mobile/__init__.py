"""The toolkit of a person's own pages, below ``/m``: one task a screen, on a phone, rendered by the server.

A room's mobile handlers are plain functions that ask ``pages`` to render, as in the console; what they are given is a
``Person`` instead of a principal. Who a person is, a room of the bank says: this floor knows no banking.
"""

from canglian.web.mobile.pages import MobilePages
from canglian.web.mobile.person import Person, signed_in

__all__ = ["MobilePages", "Person", "signed_in"]
