"""The pages, one file a noun. Routes are thin: they ask the application and show a template."""
