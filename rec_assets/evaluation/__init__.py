"""Exit criteria with intervals, and the report that shows them."""
