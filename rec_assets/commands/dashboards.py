"""`recwheel dashboards`: Kibana's data views and dashboard, put there or written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from rec_assets.golden.dashboards import ndjson, saved_objects
from resources.addresses import without_secrets
from resources.errors import SettingError
from resources.kibana import import_saved_objects
from resources.settings import Settings
from resources.whole_files import write_whole


def put_dashboards(console: Console, kibana: str | None, out: Path | None) -> dict[str, Any]:
    """Import the saved objects into Kibana, or write them to `out`; how many, and where."""
    objects = saved_objects()
    if out is not None:
        write_whole(out, ndjson(objects))
        console.print(f"{len(objects)} saved objects in {out}: import the file in Kibana under")
        console.print("Stack Management, Saved Objects")
        return {"objects": len(objects), "file": str(out)}
    settings = Settings()
    if kibana is not None:
        settings = settings.model_copy(update={"kibana_url": kibana})
    if not settings.kibana_url:
        raise SettingError(
            "no Kibana is named: set REC_KIBANA_URL, or say --kibana http://host:5601, or --out "
            "FILE for a file to import by hand"
        )
    taken = import_saved_objects(settings, ndjson(objects))
    where = without_secrets(settings.kibana_url)
    console.print(f"{taken} saved objects in Kibana at {where}: open its dashboard “Recwheel”")
    return {"objects": taken, "kibana": where}
