"""Minutes -> rows. The only package that knows both sides."""

from meetings.importer.run import Importer, Result, map_heading, series_for_import, series_of

__all__ = ["Importer", "Result", "map_heading", "series_for_import", "series_of"]
