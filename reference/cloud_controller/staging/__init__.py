"""How do buildpacks make a droplet of a package, and what holds them while they do?

droplet = await stage(request, bubblewrap(network=False, hidden=data), log)
…
await discard(request.work_dir)
"""

from cloud_controller.staging.bubblewrap import bubblewrap
from cloud_controller.staging.choice import confine
from cloud_controller.staging.confinement import Confinement, ConfinementError, unconfined
from cloud_controller.staging.engine import clear, discard, stage

__all__ = [
    "Confinement",
    "ConfinementError",
    "bubblewrap",
    "clear",
    "confine",
    "discard",
    "stage",
    "unconfined",
]
