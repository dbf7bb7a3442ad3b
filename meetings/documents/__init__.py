"""A file's bytes -> a page of nodes, whatever wrote them: TWiki, a text editor or Word."""

from meetings.documents.pages import read_page

__all__ = ["read_page"]
