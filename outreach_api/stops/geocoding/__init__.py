"""Finds where an address is: the gazetteer, and outside geocoders through geopy where a setting allows them."""
