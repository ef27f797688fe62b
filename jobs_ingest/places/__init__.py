"""Places: free text to country, province and district of Hunar's own gazetteer, and how far districts are apart."""

from jobs_ingest.places.gazetteer import distance_km, name_of
from jobs_ingest.places.reading import read_place
from jobs_ingest.places.values import Place, PlaceReading

__all__ = ["Place", "PlaceReading", "distance_km", "name_of", "read_place"]
