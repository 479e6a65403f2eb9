"""The world as data: Pythons, platforms, indexes, and the Catalog that reads them."""
