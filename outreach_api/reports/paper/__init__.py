"""A report to be read by people: as a workbook, on A4 paper, as a page. All are made of one tree of labelled figures."""
