"""The person: passport, overseas experience, recognition, taxonomy, coding, privacy."""
