"""A person's own pages about themselves: signing in, being verified from afar, consents, devices, help."""

from canglian.bank.party.mobile import auth, consents, devices, me, verifying

HANDLERS = (*auth.handlers, *me.handlers, *verifying.handlers, *consents.handlers, *devices.handlers)
