"""Numbers beyond which a file is refused, checked by arithmetic before memory is allocated for what a header claims."""

MIB = 1024 * 1024
GIB = 1024 * MIB

MAX_INSTANCE_BYTES = 8 * GIB
"""Size of one file, and of all decoded frames of one instance together."""

MAX_FRAME_BYTES = 512 * MIB
"""Decoded size of one frame."""

MAX_ROWS_COLUMNS = 65_535
"""Largest value of an attribute of VR US; also the limit for PNG and JPEG."""

MAX_RASTER_PIXELS = 128 * MIB
"""Pixels of one PNG or JPEG."""

MAX_SEQUENCE_DEPTH = 32
MAX_ELEMENTS = 100_000
MAX_TEXT_BYTES = 1 * MIB

MAX_INFLATED_BYTES = 1 * GIB
"""Size of a deflated data set after inflation."""

MAX_INFLATE_RATIO = 200
"""Inflated over deflated size, applied once more than INFLATE_RATIO_FROM_BYTES have come out."""

INFLATE_RATIO_FROM_BYTES = 16 * MIB

DEFERRED_ELEMENT_BYTES = 1 * MIB
"""Elements larger than this stay on disk: nothing LabelHub reads from a header is that long."""

MAX_ARCHIVE_MEMBERS = 20_000
MAX_ARCHIVE_BYTES = 20 * GIB
MAX_ARCHIVE_RATIO = 200

CHILD_ADDRESS_SPACE_BYTES = 4 * GIB
CHILD_FILE_SIZE_BYTES = MAX_INSTANCE_BYTES + GIB
CHILD_FILES_BEFORE_RECYCLING = 200
CHILD_TIMEOUT_S = 60.0
