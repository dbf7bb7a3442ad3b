"""Pages of the record: one file a place."""
