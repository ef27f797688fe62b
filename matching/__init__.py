"""From passport and vacancy to ranked matches with reasons."""
