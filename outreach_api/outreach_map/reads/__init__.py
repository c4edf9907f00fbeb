"""What the map knows: need, reach, coverage, gaps. Reports call `coverage_summary` and `top_gaps`."""

from outreach_api.outreach_map.reads.coverage import CoverageSummary, coverage_summary
from outreach_api.outreach_map.reads.gaps import Gap, NearStop, missed_near, top_gaps

__all__ = ["CoverageSummary", "Gap", "NearStop", "coverage_summary", "missed_near", "top_gaps"]
