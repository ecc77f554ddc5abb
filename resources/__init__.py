"""The ground floor: settings, options, records, stores, encoder; knows nothing above it."""
