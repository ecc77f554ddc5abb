"""A server that answers as Elasticsearch 9 does, refuses what it refuses, and fails on request."""
