"""The application: pages, command line, settings, database, audit."""
