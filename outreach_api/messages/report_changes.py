"""What changed in a period and why, as far as the records know: sentences of a report."""

TEXTS = {
    "report_what_changed": ("変わったことと、その理由", "What changed, and why"),
    "report_changed.before": (
        "{figure} {now} {unit}（ひとつ前は {then}、{change}）",
        "{figure}: {now} {unit} ({then} the period before, {change})",
    ),
    "report_changed.mean": (
        "{figure} {now} {unit}（前の4週の平均は {then}、{change}）",
        "{figure}: {now} {unit} ({then} on average of the four weeks before, {change})",
    ),
    "report_changed.live": (
        "{figure} {now} {unit}（今わかっている数は {then}）",
        "{figure}: {now} {unit} ({then} as known now)",
    ),
    "report_changed.as_above": ("上と同じ理由", "and as above"),
    "report_changed.unknown": ("理由は記録からは分かりません", "the records do not say why"),
    "report_cause.cancelled": ("中止 {count} 回（{reason}）", "{count} cancelled ({reason})"),
    "report_cause.was_cancelled": (
        "前は中止が {count} 回あった（{reason}）",
        "{count} had been cancelled before ({reason})",
    ),
    "report_cause.ended_early": ("早じまい {count} 回（{reason}）", "{count} ended early ({reason})"),
    "report_cause.first_time": (
        "初めての場所 {count} か所{stops}{people}",
        "{count} new places{stops}{people}",
    ),
    "report_cause.held_here": (
        "前は行かなかった場所 {count} か所{stops}{people}",
        "{count} places not visited before{stops}{people}",
    ),
    "report_cause.not_held_here": (
        "前に行き、今回は行かなかった場所 {count} か所{stops}{people}",
        "{count} places visited before and not now{stops}{people}",
    ),
    "report_cause.school_holiday": (
        "学校の休み {count} 日（前は {before} 日）",
        "school holidays on {count} days ({before} before)",
    ),
    "report_cause.no_head_count": ("人数の記録がない出店 {count} 回", "{count} visits without a head count"),
    "report_cause.late": (
        "この版のあとに届いた・直された記録",
        "records that came or were put right after this version",
    ),
    "report_cause_people": ("・延べ {people} 人", ", {people} people"),
}
