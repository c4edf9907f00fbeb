"""What people paste instead of an address: coordinates, links of maps, plus codes. Understood without any network."""
