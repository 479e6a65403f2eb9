from tangled.colours.paint import RED
