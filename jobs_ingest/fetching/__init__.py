"""Fetches the addresses of sources: never inside the network, bounded, politely, and only what changed.

``polite`` has the fetcher, ``values`` what it gives; the rest is what it is made of.
"""
