"""Everything that Dagster's interface can be asked: queries made from its own GraphQL schema."""

from __future__ import annotations

from collections.abc import Iterator

from dagster_graphql.schema import create_schema
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

# What an operator's pages ask for; the rest of `Query` wants an argument that one of these answers.
ROOTS = {
    "version": 1,
    "instance": 5,
    "workspaceOrError": 5,
    "sensorsOrError": 6,
    "schedulesOrError": 6,
    "runsOrError": 6,
    "assetNodes": 3,
    "assetsOrError": 7,
    "partitionBackfillsOrError": 4,
    "utilizedEnvVarsOrError": 5,
    "allTopLevelResourceDetailsOrError": 6,
}
# Ways back up, and shapes of the code; what holds a person's words or a secret is reached without.
SKIPPED = {
    "Repository", "Pipeline", "Job", "PipelineSnapshot", "Graph", "SolidHandle", "ExecutionPlan",
    "IPipelineSnapshot", "ISolidDefinition", "Solid", "DagsterType", "RegularDagsterType",
    "ConfigType", "PartitionSet", "Partition", "RunGroup", "AssetNode", "Asset", "FeatureFlag",
    "Run", "RunsFeedConnection", "AssetLatestInfo", "AutomationCondition", "Mode",
    "FutureInstigationTicks", "DryRunInstigationTick", "DryRunInstigationTicks",
    "PartitionKeyConnection", "AssetDependency", "JobWithOps", "AssetPartitionStatuses",
    "AssetCondition", "AutoMaterializeAssetEvaluationRecord",
}  # fmt: skip
# Declared, but Dagster's resolver fails without an argument or answers null against the schema.
UNANSWERED = {
    "AssetMaterializationPlannedEvent_pipelineName", "AssetNode_dataVersionByPartition",
    "AssetNode_staleCausesByPartition", "AssetNode_staleStatusByPartition",
    "DaemonHealth_daemonStatus", "ErrorChainLink_message", "Instance_concurrencyLimit",
    "InstigationEventConnection_cursor", "Pipeline_partitionKeysOrError",
}  # fmt: skip
REPOSITORY = '{repositoryName: "__repository__", repositoryLocationName: "rec_assets"}'


def queries() -> Iterator[tuple[str, str]]:
    """Name and text of each query: all fields that can be asked without an argument."""
    schema = create_schema().graphql_schema
    root = schema.query_type
    assert root is not None
    for name, depth in ROOTS.items():
        found = _selection(schema, get_named_type(root.fields[name].type), depth, ())
        asked = "repositorySelector" in root.fields[name].args
        where = f"(repositorySelector: {REPOSITORY})" if asked else ""
        yield name, f"{{ {name}{where} {found} }}"


def _selection(
    schema: GraphQLSchema, kind: GraphQLNamedType, depth: int, above: tuple[str, ...]
) -> str:
    """The braces behind a field of this type; empty for a leaf."""
    if is_leaf_type(kind):
        return ""
    parts = ["__typename"]
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        for possible in schema.get_possible_types(kind):
            inner = _fields(schema, possible, depth, above)
            parts += [f"... on {possible.name} {{ {inner} }}"] if inner else []
    elif isinstance(kind, GraphQLObjectType):
        parts.append(_fields(schema, kind, depth, above))
    return f"{{ {' '.join(parts)} }}"


def _fields(
    schema: GraphQLSchema, kind: GraphQLObjectType, depth: int, above: tuple[str, ...]
) -> str:
    """Every field of the type, each under a name of its own: unions may not mix types."""
    known = above.count(kind.name) > (kind.name == "PythonError")  # an error has its cause's too
    if depth == 0 or known or (kind.name in SKIPPED and len(above) > 1):
        return ""
    found = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        asked = any(is_required_argument(argument) for argument in field.args.values())
        if asked or f"{kind.name}_{name}" in UNANSWERED:
            continue
        if not is_leaf_type(inner) and depth == 1:
            continue
        selection = _selection(schema, inner, depth - 1, (*above, kind.name))
        if selection == "{ __typename }":
            continue
        found.append(f"{kind.name}_{name}: {name} {selection}")
    return " ".join(found)
