"""How the tests run."""

import os

from hypothesis import settings

# A deadline measures the machine, not the code. In CI hypothesis's own profile keeps the
# same examples from run to run; here every run tries new ones.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("torture", deadline=None, print_blob=True, max_examples=5_000)
if not os.environ.get("CI"):
    settings.load_profile("house")
