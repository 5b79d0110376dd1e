"""The graph of assets as text, one block an asset, so that a change of it shows in review.

Reads Dagster's definitions alone: no home's data, no instance.
"""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph


def graph_text(defs: dg.Definitions) -> str:
    """Assets in order of key with what they rest on and what checks them; then the automation."""
    graph = defs.resolve_asset_graph()
    keys = sorted(graph.get_all_asset_keys(), key=lambda k: k.to_user_string())
    blocks = [line for key in keys for line in _asset(graph, key)]
    return "\n".join([*blocks, *_automation(defs)]) + "\n"


def _asset(graph: AssetGraph, key: dg.AssetKey) -> Iterator[str]:
    node = graph.get(key)
    facts = [
        f"group={node.group_name}",
        f"by={_partitions(node.partitions_def)}",
        f"kinds={','.join(sorted(node.kinds))}",
        f"owners={','.join(node.owners)}",
        "" if node.is_executable else "external",
    ]
    yield f"{key.to_user_string()}  [{' '.join(filter(None, facts))}]"
    yield from sorted(f"  < {parent.to_user_string()}" for parent in node.parent_keys)
    yield from sorted(f"  ? {check.name}" for check in node.check_keys)


def _partitions(partitions: dg.PartitionsDefinition | None) -> str:
    if partitions is None:
        return "whole"
    return "month" if isinstance(partitions, dg.MonthlyPartitionsDefinition) else str(partitions)


def _automation(defs: dg.Definitions) -> Iterator[str]:
    for job in sorted(defs.resolve_all_job_defs(), key=lambda j: j.name):
        if job.name.startswith("__"):
            continue
        layer = job.asset_layer
        yield f"job {job.name}  [by={_partitions(job.partitions_def)}]"
        yield from sorted(f"  ! {key.to_user_string()}" for key in layer.selected_asset_keys)
        yield from sorted(
            f"  ? {check.asset_key.to_user_string()}:{check.name}"
            for check in layer.asset_graph.asset_check_keys
        )
    repository = defs.get_repository_def()
    for schedule in repository.schedule_defs:
        zone = schedule.execution_timezone
        yield (
            f"schedule {schedule.name}  [{schedule.cron_schedule} {zone}; "
            f"{schedule.default_status.value.lower()} at first] -> {schedule.job_name}"
        )
    for sensor in repository.sensor_defs:
        targets = ", ".join(sorted(target.job_name for target in sensor.targets))
        yield (
            f"sensor {sensor.name}  [{sensor.default_status.value.lower()} at first] -> {targets}"
        )


if __name__ == "__main__":
    from pipelines.definitions import defs

    print(graph_text(defs), end="")
