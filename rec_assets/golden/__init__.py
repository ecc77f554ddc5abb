"""Golden data: H as a table for analysts and dashboards."""
