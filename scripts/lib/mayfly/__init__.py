"""The operator's tool: one command for each thing an operator does to a deployment."""
