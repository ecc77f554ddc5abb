"""How property tests run: the same examples every time, and no clock over them."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "recwheel",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
)
settings.load_profile("recwheel")
