"""Where offers come from: files, pages, feeds and programs of others, one class each behind one protocol.

A source hands over what it received, by the names of the documented layout (docs/layouts.md) and unread: no place
is looked up, no pay or date is understood here. What it cannot hand over it tells as a problem, and goes on.
"""
