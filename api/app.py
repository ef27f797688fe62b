LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def make_app(a): ...
