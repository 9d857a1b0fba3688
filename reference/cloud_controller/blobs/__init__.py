"""Where do the bits of packages, buildpacks and droplets lie?

blobs = open_blobs("file:///var/lib/cc/blobs")
await blobs.put(BlobKey("packages", guid), path)      # moves the file, atomically and durably
blob = await blobs.find(BlobKey("packages", guid))    # BlobFile(path, size) or None
"""

from cloud_controller.blobs.directory import DirectoryBlobs
from cloud_controller.blobs.opening import open_blobs
from cloud_controller.blobs.protocol import (
    BlobError,
    BlobFile,
    BlobKey,
    BlobMissingError,
    Blobs,
    Namespace,
)
from cloud_controller.blobs.resource_cache import ResourceCache
from cloud_controller.blobs.sweep import Sweep, sweep

__all__ = [
    "BlobError",
    "BlobFile",
    "BlobKey",
    "BlobMissingError",
    "Blobs",
    "DirectoryBlobs",
    "Namespace",
    "ResourceCache",
    "Sweep",
    "open_blobs",
    "sweep",
]
