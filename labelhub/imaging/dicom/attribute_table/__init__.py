"""Every attribute that changes what a pixel means or where it is shown, and what LabelHub makes of it.

Applied: the picture, its shape or its order follows the attribute. Warned: it is not followed, or not as it stands, and
the warning says so. Refused: the file is not taken. `docs/pixels.md` prints this table (`printed`); a test walks it.
"""
