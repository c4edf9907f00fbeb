"""A visit told twice, by the phones and on paper: of its heads, and of what its counter took, one telling counts.

What a source tells is whole: paper totals tell the visit over again, late phones too. So at any visit one source
stands, the first that came until a coordinator chooses; the other is kept beside it. Facts of one source add up.
"""
