"""For all tests: hypothesis tries the same examples every time, so that a run says of the code and not of chance."""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.load_profile("same")
