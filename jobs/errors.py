"""The errors that a person can do something about, each already one clear line."""

from store.db import StoreError
from store.feedback import UnknownReaderError
from store.profiles import UnknownProfileError
from store.reviews import UnknownMatchError
from store.subscribers import SignupError

KNOWN = (StoreError, UnknownProfileError, UnknownMatchError, UnknownReaderError, SignupError)
