from tangled.shapes.corner import CORNERS
