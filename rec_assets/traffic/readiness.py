"""May a day's bots start? They must meet the service as it was at the end of the day before."""

from __future__ import annotations

from rec_assets.days import day_before


def why_not_yet(
    day: str, *, first_day: str, served_day: str | None, day_before_complete: bool
) -> str | None:
    """None when traffic of `day` may run; else the sentence that names what is missing.

    Dagster allows no edge from a day's serving_profiles to the next day's traffic (a cycle across
    assets), so this stands in its place.
    """
    if served_day is not None and served_day >= day:
        return (
            f"the service already serves {served_day}: traffic of {day} would meet profiles made "
            "from days after it. Go on with later days, or, to begin again, clear REC_HOME and the "
            "stores that REC_LOG_URL and REC_REDIS_URL name"
        )
    if day == first_day and served_day is not None:
        return (
            f"the service serves {served_day}, from before the wheel's first day {first_day}: its "
            f"profile cache belongs to another wheel, name an empty one in REC_REDIS_URL"
        )
    if day == first_day:
        return None
    before = day_before(day)
    if not day_before_complete:
        return f"{before} is not complete: materialize the daily job for {before} first"
    if served_day != before:
        return (
            f"the service serves {served_day or 'nothing'} instead of {before}: materialize "
            f"serving_profiles for {before} first"
        )
    return None
