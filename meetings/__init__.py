"""The record, and the pages where it is written."""
