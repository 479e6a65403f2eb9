"""Who imports whom and who requires whom: circles, what nobody declared, and others' private names."""
