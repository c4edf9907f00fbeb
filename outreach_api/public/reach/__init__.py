"""Released reach for everybody: sums of rounded figures by cell of 1 km, as data, as a page and on paper."""
