"""A row of `netsandbox bench`."""

from __future__ import annotations

from typing import Any

from netsandbox.explain.words import Words

WORDS = Words({
    "row": ("{name}  n {n}  {deliveries} deliveries  {records} records  CPU {cpu} ms ({each} µs each)",
            "{name}  n {n}  送达 {deliveries}  记录 {records}  CPU {cpu} ms（每个 {each} µs）"),
    "peak": ("  peak {size} MiB", "  内存峰值 {size} MiB"),
})


def benched(result: dict[str, Any], each: float, language: str) -> str:
    """The figures of a workload as a line; `each` is what one delivery, or one container, costs in µs."""
    counts = {key: f"{result[key]:,}" for key in ("n", "deliveries", "records")}
    row = WORDS.say("row", language, name=result["workload"], cpu=f"{result['cpu_s'] * 1000:,.0f}", each=f"{each:.2f}",
                    **counts)
    peak = result["max_rss_kb"]
    return row if peak is None else row + WORDS.say("peak", language, size=f"{peak / 1024:,.0f}")
