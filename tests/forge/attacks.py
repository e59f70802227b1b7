"""All attacks, by the files they stand in."""
import rows_attacks  # noqa: F401
import files_attacks  # noqa: F401
import slots_attacks  # noqa: F401
import log_attacks  # noqa: F401
import fresh_attacks  # noqa: F401
import signers_attacks  # noqa: F401
import roles_attacks  # noqa: F401
import records_attacks  # noqa: F401
import grants_attacks  # noqa: F401
import ended_attacks  # noqa: F401
import narrow_attacks  # noqa: F401
import proof_attacks  # noqa: F401
import network_attacks  # noqa: F401
import seal_attacks  # noqa: F401
import limits_attacks  # noqa: F401
import exposure_attacks  # noqa: F401
import reminder_attacks  # noqa: F401
