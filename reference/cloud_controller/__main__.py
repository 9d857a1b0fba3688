"""What does `python -m cloud_controller` do? The same as `cloud-controller`."""

from cloud_controller.cli import main

if __name__ == "__main__":
    main()
