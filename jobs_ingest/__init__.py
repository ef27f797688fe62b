"""The market: vacancies and training courses, from file to clean rows."""
