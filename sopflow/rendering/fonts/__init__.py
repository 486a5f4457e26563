"""The font of PNG pictures, with its licence and the way it is made; see README.md."""
