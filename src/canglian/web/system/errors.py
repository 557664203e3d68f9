"""The error codes of users, keys, sessions and books."""

from canglian.kernel.errors import declare

declare(
    {
        "book_profile.not_found": "There is no book {book_profile}.",
        "book_profile.exists": "There is already a book with the code {code}.",
        "house_user.not_found": "There is no such user.",
        "house_user.exists": "There is already a user with the login {login}.",
        "house_user.last_admin": "{login} is the last administrator of the installation, who stays.",
        "api_key.not_found": "There is no such API key.",
        "api_key.exists": "There is already an API key {api_key}.",
        "api_key.revoked_already": "This API key was revoked already.",
        "api_key.expiry_past": "An API key cannot end at {expires_at}, which is not later than {now}.",
        "login_session.not_found": "There is no such session.",
        "login_session.exists": "There is already a session {login_session}.",
        "saved_view.not_found": "There is no such view.",
        "saved_view.exists": "There is already such a view.",
        "saved_view.foreign": "Only who saved this view may change it.",
        "saved_view.too_many": "You have {most} views already; remove one that you no longer need.",
        "saved_view.personal": "This view looks for the number of a person; it can be saved, but not shared.",
        "saved_view.unseen": "Save a view on the page of its list.",
        "column_choice.not_found": "There is no such choice of columns.",
        "column_choice.exists": "There is already such a choice of columns.",
        "login.refused": "Login or password is wrong.",
        "login.locked": "Too many wrong passwords or codes for this login: it is locked here until {until}. On a "
        "device on which you have logged in before, you still can; an administrator can lift the lock.",
        "login.often": "Too many wrong logins from this address; try again in {retry_after} s.",
        "login.code_wrong": "The code is wrong, or was used before.",
        "login.no_role": "This user has no role in any book.",
        "password.too_short": "A password has at least {least} characters.",
        "password.too_simple": "A password does not contain the login and is not made of one or two characters.",
        "key.invalid": "This API key is not valid.",
        "key.expired": "This API key ended at {expired_at}.",
        "key.revoked": "This API key was revoked.",
        "session.ended": "This session has ended; log in again.",
        "rate.exceeded": "Too many requests with this key; try again in {retry_after} s.",
        "rate.failures": "Too many wrong keys from this address; try again in {retry_after} s.",
    }
)
