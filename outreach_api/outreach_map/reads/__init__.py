"""What the map knows: need, reach, coverage, gaps. Reports call `coverage_summary` and `top_gaps`."""

from outreach_api.outreach_map.reads.coverage import CoverageSummary, coverage_summary
from outreach_api.outreach_map.reads.gaps import Gap, missed_around, missed_on, top_gaps

__all__ = ["CoverageSummary", "Gap", "coverage_summary", "missed_around", "missed_on", "top_gaps"]
