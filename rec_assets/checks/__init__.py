"""What is checked of a day before people are served with it, and how a check explains itself."""
